// Builds dist/ from the TypeScript sources, compiles the training kernels to WebAssembly, and copies the files that the
// pages serve.
import {spawnSync} from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'dist', '.built')
const kernelSources = 'src/daemon/training/kernels'
const kernels = join(root, 'dist', kernelSources, 'kernels.wasm')

/** Returns the exit code. Does nothing when dist/ is newer than every source. */
export const build = () => {
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newestSourceMs()) return 0
  // Compiling them takes longer than all the rest, and they seldom change.
  const present = areKernelsFresh() ? readFileSync(kernels) : undefined
  rmSync(join(root, 'dist'), {recursive: true, force: true})
  const problem = run('typescript/bin/tsc') || (present ? keepKernels(present) : compileKernels())
  if (problem) return problem
  mkdirSync(join(root, 'dist/src/ui'), {recursive: true})
  cpSync(join(root, 'src/ui/public'), join(root, 'dist/src/ui/public'), {recursive: true})
  writeFileSync(stamp, '')
  return 0
}

// A tool's exit code. stdout belongs to the command that called us.
const run = (tool, ...args) =>
  spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  }).status ?? 1

const compileKernels = () =>
  run(
    'assemblyscript/bin/asc.js',
    join(kernelSources, 'index.ts'),
    ...['--outFile', kernels],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
    // It warns of vectors between functions, which never leave the module.
    ...['--disableWarning', '112'],
  )

const keepKernels = (code) => {
  mkdirSync(dirname(kernels), {recursive: true})
  writeFileSync(kernels, code)
  return 0
}

const tools = ['package.json', 'package-lock.json', 'scripts/build.mjs']

const areKernelsFresh = () =>
  existsSync(kernels) && statSync(kernels).mtimeMs > newestMs([kernelSources], tools)

const newestSourceMs = () => newestMs(['src', 'test', 'bench'], [...tools, 'tsconfig.json'])

const newestMs = (folders, files) =>
  Math.max(
    ...folders.flatMap((folder) =>
      readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
    ),
    ...files.map((file) => statSync(join(root, file)).mtimeMs),
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build()
