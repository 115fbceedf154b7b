/** The import rules of the house. Changing the table is a design decision and gets a line in docs/decisions. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {test} from 'node:test'
import {projectRoot} from './fixtures/project.ts'

// The sources are read as text.
const root = projectRoot()

/** What each room may import of our own. A room is a folder of src/daemon, or a file or folder of src. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  space: ['base'],
  optimizers: ['space', 'base'],
  pruners: ['base'],
  studies: ['optimizers', 'pruners', 'space', 'base'],
  suggester: ['optimizers', 'space', 'base'],
  importance: ['studies', 'optimizers', 'space', 'base'],
  throttle: ['telemetry', 'base'],
  simulator: ['telemetry', 'throttle', 'base'],
  exports: ['importance', 'studies', 'space', 'base'],
  datasets: ['base'],
  backends: ['base'],
  telemetry: ['base'],
  history: ['studies', 'telemetry', 'throttle', 'base'],
  storage: ['studies', 'base'],
  panel: ['base'],
  supervisor: ['base'],
  machine: ['trials', 'datasets', 'storage', 'telemetry', 'throttle', 'base'],
  submissions: ['studies', 'optimizers', 'pruners', 'space', 'base'],
  trials: ['studies', 'space', 'throttle', 'base'],
  training: ['trials', 'datasets', 'studies', 'throttle', 'base'],
  scheduler: ['suggester', 'trials', 'storage', 'throttle', 'datasets', 'studies', 'space', 'base'],
  config: ['trials', 'throttle', 'panel', 'base'],
  settings: ['config', 'panel', 'storage', 'base'],
  daemon: [
    'scheduler',
    'history',
    'suggester',
    'submissions',
    'exports',
    'trials',
    'storage',
    'datasets',
    'telemetry',
    'machine',
    'throttle',
    'studies',
    'base',
  ],
  ui: [
    'daemon',
    'settings',
    'datasets',
    'history',
    'machine',
    'importance',
    'studies',
    'telemetry',
    'throttle',
    'optimizers',
    'pruners',
    'exports',
    'base',
  ],
  cli: [
    'backends',
    'simulator',
    'throttle',
    'daemon',
    'config',
    'settings',
    'machine',
    'exports',
    'importance',
    'studies',
    'datasets',
    'telemetry',
    'supervisor',
    'optimizers',
    'space',
    'base',
  ],
}

/** These only decide: no node: module, no package. */
const pureRooms = [
  'space',
  'optimizers',
  'pruners',
  'studies',
  'importance',
  'throttle',
  'simulator',
  'exports',
]

/** Packages that one room alone may know. */
const wrappedPackages: Readonly<Record<string, string>> = {
  '@tensorflow/': 'training',
  yauzl: 'backends',
  lowdb: 'storage',
  express: 'ui',
  helmet: 'ui',
  systeminformation: 'telemetry',
  onoff: 'panel',
  'jpeg-js': 'datasets',
  'tar-stream': 'datasets',
  'pure-rand': 'base',
  'cli-progress': 'cli',
  uqr: 'cli',
}

type Import = {readonly file: string; readonly target: string; readonly isTypeOnly: boolean}

const roomOf = (file: string): string => {
  const parts = file.replace(/^src\//, '').split('/')
  const inDaemon = parts[0] === 'daemon' ? parts.slice(1) : parts
  return (inDaemon[0] ?? '').replace(/\.ts$/, '')
}

const importsOf = (file: string, text: string): readonly Import[] =>
  [
    ...text.matchAll(
      /^(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)|^import\s+'([^']+)'/gm,
    ),
  ].map((match) => ({
    file,
    target: match[2] ?? match[3] ?? match[4] ?? '',
    isTypeOnly: match[1] !== undefined,
  }))

/** The sentence of the rule that an import breaks, or undefined. */
const brokenRule = ({file, target, isTypeOnly}: Import): string | undefined => {
  const room = roomOf(file)
  if (room === 'main') return undefined
  if (!target.startsWith('.')) {
    if (pureRooms.includes(room)) {
      return `${file} imports ${target}: ${room}/ only decides, so it imports no node: module and no package.`
    }
    const owner = Object.entries(wrappedPackages).find(([name]) => target.startsWith(name))?.[1]
    return owner && owner !== room
      ? `${file} imports ${target}: only ${owner}/ knows that package.`
      : undefined
  }
  const other = roomOf(join(dirname(file), target))
  if (other === room) return undefined
  if (other === 'training')
    return `${file} imports ${target}: training/ is started by URL, nobody imports it.`
  if (room === 'throttle' && other === 'telemetry' && !isTypeOnly) {
    return `${file} imports ${target}: throttle/ sees telemetry/ only as a type.`
  }
  return mayImport[room]?.includes(other)
    ? undefined
    : `${file} imports ${target}: ${room} may import ${mayImport[room]?.join(', ') || 'nothing of ours'}.`
}

const sourceFiles = (): readonly string[] =>
  readdirSync(join(root, 'src'), {recursive: true, encoding: 'utf8'})
    .filter((file) => file.endsWith('.ts'))
    .map((file) => relative(root, join(root, 'src', file)))

test('every import in src/ follows the rules of the house', () => {
  const files = sourceFiles()
  const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))
  assert.ok(imports.length > files.length / 2, 'the scan sees imports')
  assert.deepEqual(
    imports.map(brokenRule).filter((sentence) => sentence !== undefined),
    [],
  )
})

test('every folder of src/daemon has its rule', () => {
  const rooms = new Set(
    sourceFiles()
      .map(roomOf)
      .filter((room) => room !== 'main'),
  )
  assert.deepEqual(
    [...rooms].filter((room) => !(room in mayImport)),
    [],
  )
})

test('a planted violation is seen', () => {
  const planted = (file: string, text: string) =>
    importsOf(file, text)
      .map(brokenRule)
      .filter((sentence) => sentence !== undefined)
  assert.equal(
    planted('src/daemon/space/parse.ts', "import {readFileSync} from 'node:fs'").length,
    1,
  )
  assert.equal(planted('src/daemon/space/parse.ts', "import {z} from 'zod'").length, 1)
  assert.equal(
    planted('src/daemon/base/random.ts', "import {x} from '../studies/study.ts'").length,
    1,
  )
  assert.equal(
    planted('src/daemon/scheduler/loop.ts', "import * as tf from '@tensorflow/tfjs-core'").length,
    1,
  )
  assert.equal(
    planted('src/daemon/trials/trainers.ts', "import {train} from '../training/main.ts'").length,
    1,
  )
  assert.equal(
    planted('src/daemon/throttle/a.ts', "import {read} from '../telemetry/sysfs.ts'").length,
    1,
  )
  assert.equal(
    planted('src/daemon/throttle/a.ts', "import type {Reading} from '../telemetry/reading.ts'")
      .length,
    0,
  )
  assert.equal(
    planted(
      'src/ui/pages/now.ts',
      "import {\n  startLoop,\n} from '../../daemon/scheduler/loop.ts'",
    ).length,
    1,
  )
  assert.equal(planted('src/cli/run.ts', "const x = await import('../ui/server.ts')").length, 1)
})
