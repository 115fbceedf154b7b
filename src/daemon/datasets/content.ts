/** What is inside a downloaded file, unpacked within bounds and checked against the catalogue. */
import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {Transform} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {extract} from 'tar-stream'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {CatalogueFile} from './catalogue.ts'

export type Content =
  | {readonly kind: 'gzip'; readonly bytes: Buffer}
  /** The pictures of an archive by their path, without the archive's own outermost folder. */
  | {readonly kind: 'tar'; readonly files: ReadonlyMap<string, Buffer>}

/** Unpacks the file at `path`, or says why it is not what the catalogue describes. */
export const openContent = async (path: string, file: CatalogueFile): Promise<Result<Content>> => {
  try {
    const content = await unpack(path, file)
    const found = digestOf(content)
    const expected = file.content.kind === 'gzip' ? file.content.md5 : file.content.sha256
    return found === expected
      ? ok(content)
      : refuse(`expected content with the digest ${expected}, found ${found}`)
  } catch (error) {
    return refuse(`expected a whole archive, found a damaged one (${reasonOf(error)})`)
  }
}

/**
 * MD5 of unzipped bytes, as Fashion-MNIST publishes it; for an archive SHA-256 over a line `sha256 path` for each of its
 * pictures, sorted by path, so that another wrapping of the same pictures is the same content.
 */
const digestOf = (content: Content): string =>
  content.kind === 'gzip'
    ? createHash('md5').update(content.bytes).digest('hex')
    : createHash('sha256').update(fileList(content.files)).digest('hex')

const fileList = (files: ReadonlyMap<string, Buffer>): string =>
  [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')} ${path}\n`)
    .join('')

const unpack = async (path: string, file: CatalogueFile): Promise<Content> => {
  const bytes = [createReadStream(path), createGunzip(), bounded(file.mostContentBytes)] as const
  if (file.content.kind === 'gzip') {
    const chunks: Buffer[] = []
    await pipeline(...bytes, async (unzipped: AsyncIterable<Buffer>) => {
      for await (const chunk of unzipped) chunks.push(chunk)
    })
    return {kind: 'gzip', bytes: Buffer.concat(chunks)}
  }
  const files = new Map<string, Buffer>()
  const entries = extract()
  const unpacking = pipeline(...bytes, entries)
  // Its failure also ends the loop below; it is awaited after that.
  unpacking.catch(() => {})
  for await (const entry of entries) {
    const content = await buffer(entry)
    const {type, name} = entry.header
    if (type === 'file' && name.endsWith(file.content.pictures)) {
      files.set(name.replace(/^(\.\/)?[^/]*\//, ''), content)
    }
  }
  await unpacking
  return {kind: 'tar', files}
}

/** Passes bytes on until there are more than the catalogue allows: a small file may unpack to any size. */
const bounded = (most: number): Transform => {
  let left = most
  return new Transform({
    transform: (chunk: Buffer, _, pass) => {
      left -= chunk.length
      pass(left < 0 ? new Error(`it unpacks to more than ${most} bytes`) : null, chunk)
    },
  })
}
