/** Compiles the binding of @tensorflow/tfjs-node-gpu with the machine's own compiler: two sources, no node-gyp. */
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {ok, type Result} from '../base/result.ts'
import {runCommand} from './command.ts'
import {bindingName} from './places.ts'
import {pythonSymbolsIn, standInSource} from './python-symbols.ts'

/** Everything lies in one folder, which may be moved as a whole: libraries find each other beside themselves. */
export type Workshop = {
  readonly folder: string
  readonly platform: string
  readonly compiler: string
  readonly needsPythonSymbols: boolean
  readonly signal: AbortSignal
}

/** Where the sources and headers stand in a workshop's folder. */
export const sourceFolders = {binding: 'binding', node: 'node-api', tensorflow: 'include'} as const

/** The names that the libraries have beside the binding. */
export const libraryNames = (
  platform: string,
): {readonly main: string; readonly framework: string} =>
  platform === 'darwin'
    ? {main: 'libtensorflow.2.dylib', framework: 'libtensorflow_framework.2.dylib'}
    : {main: 'libtensorflow.so.2', framework: 'libtensorflow_framework.so.2'}

export const compileBinding = async (workshop: Workshop): Promise<Result<undefined>> => {
  const {folder, compiler, signal} = workshop
  const compile = (args: readonly string[]) => runCommand(compiler, args, {cwd: folder, signal})

  const standIn = workshop.needsPythonSymbols ? await writeStandIn(workshop) : ok([])
  if (!standIn.ok) return standIn
  const {main} = libraryNames(workshop.platform)
  await writeFile(join(folder, 'empty.c'), '')
  // The binding is linked against a library that only has the name: what lies under it may then be any version.
  for (const args of [
    linkDummy(workshop.platform, main),
    linkBinding(workshop.platform, standIn.value),
  ]) {
    const compiled = await compile(args)
    if (!compiled.ok) return compiled
  }
  return ok(undefined)
}

const shared = ['-shared', '-fPIC']

const linkDummy = (platform: string, main: string): readonly string[] =>
  platform === 'darwin'
    ? [
        '-dynamiclib',
        '-x',
        'c',
        'empty.c',
        '-install_name',
        `@rpath/${main}`,
        '-o',
        'libdummy.dylib',
      ]
    : [...shared, '-x', 'c', 'empty.c', `-Wl,-soname,${main}`, '-o', 'libdummy.so']

const linkBinding = (platform: string, first: readonly string[]): readonly string[] => {
  const {binding, node, tensorflow} = sourceFolders
  return [
    '-std=c++11',
    '-O2',
    ...shared,
    '-DNAPI_VERSION=8',
    ...[tensorflow, node, binding].map((folder) => `-I${folder}`),
    `${binding}/tfjs_backend.cc`,
    `${binding}/tfjs_binding.cc`,
    ...(platform === 'darwin'
      ? ['-undefined', 'dynamic_lookup', 'libdummy.dylib', '-Wl,-rpath,@loader_path']
      : ['-Wl,--no-as-needed', ...first, 'libdummy.so', '-Wl,-rpath,$ORIGIN']),
    '-o',
    bindingName,
  ]
}

/** The library that defines Python's symbols, to be loaded before the main one. */
const writeStandIn = async ({
  folder,
  platform,
  compiler,
  signal,
}: Workshop): Promise<Result<readonly string[]>> => {
  const listed = await runCommand('nm', ['-D', '--undefined-only', libraryNames(platform).main], {
    cwd: folder,
    signal,
  })
  if (!listed.ok) return listed
  await writeFile(join(folder, 'python.c'), standInSource(pythonSymbolsIn(listed.value)))
  const library = 'libsimmer-python.so'
  const args = [...shared, '-x', 'c', 'python.c', `-Wl,-soname,${library}`, '-o', library]
  const compiled = await runCommand(compiler, args, {cwd: folder, signal})
  return compiled.ok ? ok([library]) : compiled
}
