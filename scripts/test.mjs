// Runs every test of dist/test, or those whose path holds one of the arguments. A file that hangs fails after 5 min.
// The rehearsal of test/device is for `npm run test:device` alone: it wants root and 25 minutes.
import {spawnSync} from 'node:child_process'
import {readdirSync} from 'node:fs'
import {availableParallelism} from 'node:os'
import {dirname, join, relative, sep} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const wanted = process.argv.slice(2)
const files = readdirSync(join(root, 'dist/test'), {recursive: true})
  .filter((file) => file.endsWith('.test.js') && !file.startsWith(`device${sep}`))
  .map((file) => relative(root, join(root, 'dist/test', file)))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()

if (files.length === 0) {
  console.error(`No test file matches ${wanted.join(' ')}.`)
  process.exit(2)
}
// Left to itself it keeps one core free, but many tests wait for a process or a browser most of their time.
const atOnce = `--test-concurrency=${availableParallelism()}`
const run = spawnSync(
  process.execPath,
  ['--test', '--test-reporter=spec', '--test-timeout=300000', atOnce, ...files],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exitCode = run.status ?? 1
