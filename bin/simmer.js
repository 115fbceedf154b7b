#!/usr/bin/env node
// Starts the built program; in a fresh clone it installs and builds first.
import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const main = join(root, 'dist/src/main.js')
if (!existsSync(main) && existsSync(join(root, 'src/main.ts'))) {
  await import('../scripts/ready.mjs')
  if (process.exitCode) process.exit()
}
await import(pathToFileURL(main).href)
