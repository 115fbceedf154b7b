// Builds dist/ from the TypeScript sources and copies the files that the pages serve.
import {spawnSync} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'dist', '.built')

/** Returns the exit code. Does nothing when dist/ is newer than every source. */
export const build = () => {
  if (existsSync(stamp) && statSync(stamp).mtimeMs > newestSourceMs()) return 0
  rmSync(join(root, 'dist'), {recursive: true, force: true})
  const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (tsc.status !== 0) return tsc.status ?? 1
  mkdirSync(join(root, 'dist/src/ui'), {recursive: true})
  cpSync(join(root, 'src/ui/public'), join(root, 'dist/src/ui/public'), {recursive: true})
  writeFileSync(stamp, '')
  return 0
}

const newestSourceMs = () =>
  Math.max(
    ...['src', 'test', 'bench'].flatMap((folder) =>
      readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
        .filter((entry) => entry.isFile() || entry.isDirectory())
        .map((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
    ),
    ...['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'].map(
      (file) => statSync(join(root, file)).mtimeMs,
    ),
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = build()
