/**
 * `simmer backend install tensorflow`: fetches TensorFlow's library for this machine, compiles the binding, proves that
 * it trains, and only then puts it where training processes look. What is there already is not done again; whatever
 * fails, training goes on as before.
 */
import {existsSync, readFileSync} from 'node:fs'
import {mkdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {runCommand} from './command.ts'
import {compileBinding, libraryNames, sourceFolders} from './compile.ts'
import {type Fetching, fetchPackage, fetchWheel, type NpmPackage} from './fetch.ts'
import {type Library, libraryFor, type Machine} from './library.ts'
import {backendFolder, bindingFile, bindingName, downloadFolder, manifestFile} from './places.ts'
import {checkDisk, findCompiler, findFetchers} from './tools.ts'
import {openWheel} from './wheel.ts'

export type Installation = {
  readonly home: string
  readonly machine: Machine
  readonly env: NodeJS.ProcessEnv
  /** A folder that `fetchTensorflow` has filled: then nothing is fetched. */
  readonly from?: string
  /** Trains a step with that binding and checks what came out; answers with the backend's name. */
  readonly prove: (bindingFile: string) => Promise<Result<string>>
  /** Hears what is done, a sentence a step. */
  readonly say: (sentence: string) => void
  readonly signal: AbortSignal
}

/** The version that is there now. */
export const installedVersion = (home: string): string | undefined => {
  try {
    return JSON.parse(readFileSync(manifestFile(backendFolder(home)), 'utf8')).tensorflow
  } catch {
    return undefined
  }
}

const binding: NpmPackage = {
  name: '@tensorflow/tfjs-node-gpu',
  version: '4.22.0',
  sha512:
    'p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
}

const nodeHeaders: NpmPackage = {
  name: 'node-api-headers',
  version: '1.9.0',
  sha512:
    '2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
}

/** The headers that the binding includes; they include others. */
const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/tf_datatype.h',
  'tensorflow/c/tf_status.h',
  'tensorflow/c/tf_tensor.h',
  'tensorflow/core/platform/ctstring_internal.h',
]

/** Answers with the name of the backend that works now. */
export const installTensorflow = async (installation: Installation): Promise<Result<string>> => {
  const {home, machine, env, prove, say, signal} = installation
  const library = libraryFor(machine)
  if (!library.ok) return library
  const {version} = library.value
  if (installedVersion(home) === version) {
    const proven = await prove(bindingFile(home))
    if (proven.ok) {
      say(`TensorFlow ${version} is installed already, and trains.`)
      return proven
    }
    say(`TensorFlow ${version} is installed but does not train: installing it again.`)
  }
  const fetchers = installation.from === undefined ? await findFetchers(env) : undefined
  const compiler = await findCompiler(env)
  if (fetchers?.ok === false || !compiler.ok) {
    return refuse(...problemsOf(fetchers), ...problemsOf(compiler))
  }
  const folder = `${backendFolder(home)}.new`
  await rm(folder, {recursive: true, force: true})
  await mkdir(folder, {recursive: true})
  const hasRoom = checkDisk(folder, library.value.diskBytes)
  if (!hasRoom.ok) return hasRoom
  try {
    const fetching = {
      folder: installation.from ?? downloadFolder(home),
      ...(fetchers ? {fetchers: fetchers.value} : {}),
      signal,
    }
    const files = await fetchFiles(library.value, fetching, say)
    if (!files.ok) return files
    const built = await build(folder, files.value, library.value, compiler.value, installation)
    if (!built.ok) return built
    say('Training a step with it and checking what came out.')
    const proven = await prove(join(folder, bindingName))
    if (!proven.ok) return proven
    await putInPlace(folder, home, version)
    say(`TensorFlow ${version} is installed in ${backendFolder(home)}.`)
    return proven
  } catch (cause) {
    if (signal.aborted) return refuse('Interrupted. Run the command again to go on.')
    return refuse(`The installation stopped on an error: ${reasonOf(cause)}`)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Takes the backend and what was fetched for it away. True if there was one. */
export const removeTensorflow = async (home: string): Promise<boolean> => {
  const wasThere = existsSync(backendFolder(home))
  for (const folder of [backendFolder(home), downloadFolder(home)]) {
    await rm(folder, {recursive: true, force: true})
  }
  return wasThere
}

/**
 * Puts what an installation on `machine` needs into a folder, for a machine without a network. Answers with the version.
 */
export const fetchTensorflow = async ({
  machine,
  to,
  env,
  say,
  signal,
}: Pick<Installation, 'machine' | 'env' | 'say' | 'signal'> & {
  readonly to: string
}): Promise<Result<string>> => {
  const library = libraryFor(machine)
  if (!library.ok) return library
  const fetchers = await findFetchers(env)
  if (!fetchers.ok) return fetchers
  const files = await fetchFiles(library.value, {folder: to, fetchers: fetchers.value, signal}, say)
  return files.ok ? ok(library.value.version) : files
}

const problemsOf = (result: Result<unknown> | undefined): readonly string[] =>
  result?.ok === false ? result.problems : []

type Files = {readonly wheel: string; readonly sources: string; readonly nodeApi: string}

const fetchFiles = async (
  library: Library,
  fetching: Fetching,
  say: Installation['say'],
): Promise<Result<Files>> => {
  const bringing = fetching.fetchers ? 'Fetching' : `Taking from ${fetching.folder}`
  say(`${bringing}: TensorFlow ${library.version}.`)
  const wheel = await fetchWheel(library, fetching)
  if (!wheel.ok) return wheel
  say(`${bringing}: the sources of the binding.`)
  const sources = await fetchPackage(binding, fetching)
  if (!sources.ok) return sources
  const nodeApi = await fetchPackage(nodeHeaders, fetching)
  if (!nodeApi.ok) return nodeApi
  return ok({wheel: wheel.value, sources: sources.value, nodeApi: nodeApi.value})
}

const build = async (
  folder: string,
  files: Files,
  library: Library,
  compiler: string,
  {machine, say, signal}: Installation,
): Promise<Result<undefined>> => {
  say('Unpacking the libraries and headers.')
  await unpackWheel(files.wheel, folder, library, machine.platform)
  for (const [archive, name, into] of [
    [files.sources, 'binding', sourceFolders.binding],
    [files.nodeApi, 'include', sourceFolders.node],
  ]) {
    const unpacked = await unpackFolder(archive, name, join(folder, into), signal)
    if (!unpacked.ok) return unpacked
  }
  say('Compiling the binding.')
  const {platform} = machine
  const {needsPythonSymbols} = library
  return compileBinding({folder, platform, compiler, needsPythonSymbols, signal})
}

const unpackWheel = async (file: string, folder: string, library: Library, platform: string) => {
  const wheel = await openWheel(file)
  try {
    const names = libraryNames(platform)
    await wheel.extract(library.main, join(folder, names.main))
    await wheel.extract(library.framework, join(folder, names.framework))
    await wheel.extractHeaders(headers, join(folder, sourceFolders.tensorflow))
  } finally {
    wheel.close()
  }
}

/** A folder of a package's archive. */
const unpackFolder = async (archive: string, name: string, folder: string, signal: AbortSignal) => {
  await mkdir(folder, {recursive: true})
  const args = ['-xzf', archive, '-C', folder, '--strip-components', '2', `package/${name}`]
  return runCommand('tar', args, {signal})
}

/** The new one under its own name, without what was only needed to make it. */
const putInPlace = async (folder: string, home: string, version: string) => {
  const leftovers = [
    ...Object.values(sourceFolders),
    'empty.c',
    'python.c',
    'libdummy.so',
    'libdummy.dylib',
  ]
  for (const name of leftovers) await rm(join(folder, name), {recursive: true, force: true})
  const manifest = {tensorflow: version, binding: `${binding.name} ${binding.version}`}
  await writeFile(manifestFile(folder), `${JSON.stringify(manifest)}\n`)
  await rm(backendFolder(home), {recursive: true, force: true})
  await rename(folder, backendFolder(home))
  await rm(downloadFolder(home), {recursive: true, force: true})
}
