/** Brings what an installation needs, checked by its digest; what is there already is not fetched again. */
import {createHash} from 'node:crypto'
import {createReadStream, createWriteStream, existsSync} from 'node:fs'
import {mkdir, readdir, rename, rm} from 'node:fs/promises'
import {basename, join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {runCommand} from './command.ts'
import {type IndexWheel, type Library, pythonVersion, type UrlWheel} from './library.ts'
import type {Fetchers} from './tools.ts'

export type Fetching = {
  /** Where the files are put, and found. */
  readonly folder: string
  /** Absent where nothing may be fetched: then all must be there. */
  readonly fetchers?: Fetchers
  readonly signal: AbortSignal
}

/** The library's wheel, as a file. */
export const fetchWheel = async ({wheel}: Library, fetching: Fetching): Promise<Result<string>> => {
  await mkdir(fetching.folder, {recursive: true})
  return wheel.kind === 'index' ? fromIndex(wheel, fetching) : fromUrl(wheel, fetching)
}

const fromIndex = async (
  {requirement, platformTag, sha256}: IndexWheel,
  {folder, fetchers, signal}: Fetching,
): Promise<Result<string>> => {
  const [name] = requirement.split('==')
  const prefix = `${name.replaceAll('-', '_')}-`
  const wheelIn = async () => (await readdir(folder)).find((file) => file.startsWith(prefix))
  const there = await wheelIn()
  if (there && (await hasDigest(join(folder, there), 'sha256', sha256)))
    return ok(join(folder, there))
  if (!fetchers) return missing(folder, `the wheel of ${requirement} for ${platformTag}`)

  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary', ':all:', '--no-cache-dir']
  const target = ['--platform', platformTag, '--python-version', pythonVersion, '--dest', folder]
  const found = await runCommand(fetchers.python, [...args, ...target, requirement], {
    signal,
    isShown: true,
  })
  if (!found.ok) {
    return refuse(
      `Expected pip to download ${requirement}, but it did not (${found.problems.join(' ')}). Check the network, then run the command again.`,
    )
  }
  const file = await wheelIn()
  if (!file) return refuse(`Expected pip to leave ${prefix}… in ${folder}, found nothing like it.`)
  return checked(join(folder, file), 'sha256', sha256)
}

const fromUrl = async (
  {url, sha256}: UrlWheel,
  {folder, fetchers, signal}: Fetching,
): Promise<Result<string>> => {
  const file = join(folder, basename(url))
  if (sha256 !== undefined && (await hasDigest(file, 'sha256', sha256))) return ok(file)
  if (!fetchers) {
    return sha256 === undefined && existsSync(file) ? ok(file) : missing(folder, basename(url))
  }
  const partial = `${file}.part`
  try {
    const response = await fetch(url, {signal})
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`)
    await pipeline(Readable.fromWeb(response.body), createWriteStream(partial))
    await rename(partial, file)
  } catch (cause) {
    return refuse(
      `Expected ${url}, but it could not be fetched (${reasonOf(cause)}). Check the network, then run the command again.`,
    )
  }
  return sha256 === undefined ? ok(file) : checked(file, 'sha256', sha256)
}

/** A package of npm's registry, of which only files are wanted: none of its dependencies, and no script is run. */
export type NpmPackage = {
  readonly name: string
  readonly version: string
  /** SHA-512, base64. */
  readonly sha512: string
}

/** The package's archive, as a file. */
export const fetchPackage = async (
  {name, version, sha512}: NpmPackage,
  {folder, fetchers, signal}: Fetching,
): Promise<Result<string>> => {
  await mkdir(folder, {recursive: true})
  const file = join(folder, `${name.replace('@', '').replaceAll('/', '-')}-${version}.tgz`)
  if (await hasDigest(file, 'sha512', sha512)) return ok(file)
  if (!fetchers) return missing(folder, basename(file))
  const args = ['pack', `${name}@${version}`, '--pack-destination', folder, '--silent']
  const packed = await runCommand(fetchers.npm, args, {signal})
  if (!packed.ok) {
    return refuse(
      `Expected npm to download ${name} ${version}, but it did not (${packed.problems.join(' ')}). Check the network, then run the command again.`,
    )
  }
  return checked(file, 'sha512', sha512)
}

const missing = (folder: string, what: string): Result<never> =>
  refuse(
    `Expected ${what} in ${folder}, found none that is whole. Make the folder where there is a network: \`simmer backend fetch --to DIR\`.`,
  )

type Algorithm = 'sha256' | 'sha512'

const checked = async (
  file: string,
  algorithm: Algorithm,
  digest: string,
): Promise<Result<string>> => {
  if (await hasDigest(file, algorithm, digest)) return ok(file)
  await rm(file, {force: true})
  return refuse(
    `Expected ${basename(file)} to have the ${algorithm} ${digest}, found another one. It was removed; run the command again.`,
  )
}

/** False also where there is no such file. */
const hasDigest = async (file: string, algorithm: Algorithm, digest: string): Promise<boolean> => {
  try {
    const hash = createHash(algorithm)
    await pipeline(createReadStream(file), hash)
    return hash.digest(algorithm === 'sha256' ? 'hex' : 'base64') === digest
  } catch {
    return false
  }
}
