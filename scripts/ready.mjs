// Makes a fresh clone ready to run: installs the locked packages where they are missing or old, then builds.
// npm's own pre/post hooks do not run in this project (.npmrc: ignore-scripts), so each command calls this first.
import {spawnSync} from 'node:child_process'
import {existsSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from './build.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 15)) {
  console.error(
    `Expected Node.js 20.15 or newer, found ${process.versions.node}. Install a newer one.`,
  )
  process.exit(2)
}

const installed = join(root, 'node_modules', '.package-lock.json')
const lock = join(root, 'package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error('Installing packages…')
  // Not `npm ci`: it refuses a lock that leaves out the optional packages of platforms its maker could not reach.
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']
  const npm = spawnSync('npm', [...args, '--loglevel=error'], {
    cwd: root,
    // stdout belongs to the command that called us.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (npm.status !== 0) {
    console.error(
      'The packages could not be installed. See npm’s message above, then run the command again.',
    )
    process.exit(1)
  }
}
process.exitCode = build()
