/** Brings a file of the catalogue into the home folder: from the mirror, or from the first public home that answers. */
import {createReadStream, createWriteStream} from 'node:fs'
import {mkdir, rename, rm, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {Readable, Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {reasonOf} from '../base/log.ts'
import {type Result, refuse} from '../base/result.ts'
import type {CatalogueFile} from './catalogue.ts'
import {type Content, openContent} from './content.ts'
import type {DatasetProgress} from './dataset.ts'

export type Download = {
  readonly file: CatalogueFile
  /** The family's folder, at the mirror and at home. */
  readonly folder: string
  readonly home: string
  readonly mirror?: string
  readonly signal?: AbortSignal
  readonly report?: (progress: DatasetProgress) => void
}

/**
 * The checked content of a file; it is fetched where it is missing or damaged. A file stands under its own name only
 * after its check, so a partial one is never taken for whole.
 */
export const fetchContent = async (download: Download): Promise<Result<Content>> => {
  const target = join(download.home, download.folder, download.file.name)
  if (await exists(target)) {
    const content = await openContent(target, download.file)
    if (content.ok) return content
    await rm(target, {force: true})
  }
  const problems: string[] = []
  for (const source of sourcesOf(download)) {
    const content = await fetchFrom(source, target, download)
    if (content.ok) return content
    problems.push(...content.problems)
    if (download.signal?.aborted) break
  }
  return refuse(...problems)
}

const sourcesOf = ({file, folder, mirror}: Download): readonly string[] => {
  if (mirror === undefined) return file.homes
  return [
    isUrl(mirror)
      ? `${mirror.replace(/\/$/, '')}/${folder}/${file.name}`
      : join(mirror, folder, file.name),
  ]
}

const isUrl = (place: string): boolean => /^https?:\/\//.test(place)

const fetchFrom = async (
  source: string,
  target: string,
  download: Download,
): Promise<Result<Content>> => {
  const temporary = `${target}.${process.pid}.part`
  try {
    await mkdir(dirname(target), {recursive: true})
    await copy(source, temporary, download)
    const content = await openContent(temporary, download.file)
    if (!content.ok) {
      return refuse(
        `${source}: ${content.problems.join(' ')}. Nothing of it was kept; try again, or set SIMMER_DATASET_MIRROR to another place.`,
      )
    }
    await rename(temporary, target)
    return content
  } catch (error) {
    return refuse(`${source}: ${whyNot(error)}`)
  } finally {
    await rm(temporary, {force: true})
  }
}

const copy = async (source: string, target: string, download: Download): Promise<void> => {
  const {stream, total} = isUrl(source)
    ? await openUrl(source, download.signal)
    : await openFile(source)
  const {mostBytes} = download.file
  let done = 0
  const counting = new Transform({
    transform: (chunk: Buffer, _, pass) => {
      done += chunk.length
      download.report?.({stage: 'download', done, ...(total ? {total} : {}), unit: 'bytes'})
      pass(done > mostBytes ? new Error(`it is larger than ${mostBytes} bytes`) : null, chunk)
    },
  })
  await pipeline(stream, counting, createWriteStream(target), {
    ...(download.signal ? {signal: download.signal} : {}),
  })
  if (total !== undefined && done < total) {
    throw new Error(`it ended after ${done} of ${total} bytes`)
  }
}

type Source = {readonly stream: Readable; readonly total?: number}

const openFile = async (path: string): Promise<Source> => {
  const {size} = await stat(path)
  return {stream: createReadStream(path), total: size}
}

const openUrl = async (url: string, signal: AbortSignal | undefined): Promise<Source> => {
  const answer = await fetch(url, signal ? {signal} : {})
  if (!answer.ok || !answer.body) throw new Error(`it answered ${answer.status}`)
  const length = Number(answer.headers.get('content-length'))
  // The web's streams and node's differ only in their types here.
  const stream = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0])
  // A compressed transfer is longer when it arrives than its header says.
  return answer.headers.has('content-encoding') || !length ? {stream} : {stream, total: length}
}

const whyNot = (error: unknown): string => {
  const {code} = error as NodeJS.ErrnoException // only read where it is there
  if (code === 'ENOENT') return 'expected the file there, found none.'
  if (code === 'ENOSPC') return 'the disk is full. Free some space and try again.'
  const cause = error instanceof Error && error.cause ? ` (${reasonOf(error.cause)})` : ''
  return `it could not be fetched: ${reasonOf(error)}${cause}. Check the network, or set SIMMER_DATASET_MIRROR.`
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
