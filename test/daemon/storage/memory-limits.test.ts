import assert from 'node:assert/strict'
import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {type Log, silentLog} from '../../../src/daemon/base/log.ts'
import {openMemoryLimits} from '../../../src/daemon/storage/memory-limits.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {until} from '../../fixtures/processes.ts'

const task = {kind: 'model', model: 'lenet5', dataset: 'rail-signals'} as const
const open = (file: string, backend = 'auto', log: Log = silentLog) =>
  openMemoryLimits({file, backend, log})

test('what was too large is remembered as its half, for its model, data set and backend', async (t) => {
  const file = join(temporaryFolder(t), 'memory-limits.json')
  const limits = await open(file)
  assert.equal(limits.microBatchFor(task), undefined)
  limits.tooLarge(task, 128)
  assert.equal(limits.microBatchFor(task), 64)
  assert.equal(limits.microBatchFor({...task, dataset: 'fashion-mnist'}), undefined)
  limits.tooLarge(task, 32)
  // Less is known already.
  limits.tooLarge(task, 100)
  assert.equal(limits.microBatchFor(task), 16)
  await until(() => existsSync(file))
})

test('it is known after a new start, and to that backend alone', async (t) => {
  const file = join(temporaryFolder(t), 'memory-limits.json')
  ;(await open(file)).tooLarge(task, 128)
  await until(() => existsSync(file))
  assert.equal((await open(file)).microBatchFor(task), 64)
  assert.equal((await open(file, 'wasm')).microBatchFor(task), undefined)
})

test('nothing is learned of programs, nor of a single sample', async (t) => {
  const limits = await open(join(temporaryFolder(t), 'memory-limits.json'))
  const command = {kind: 'command', command: 'train'} as const
  limits.tooLarge(command, 128)
  limits.tooLarge(task, 1)
  assert.equal(limits.microBatchFor(command), undefined)
  assert.equal(limits.microBatchFor(task), undefined)
})

test('a damaged file is kept aside, with a warning', async (t) => {
  const file = join(temporaryFolder(t), 'memory-limits.json')
  writeFileSync(file, '{"lenet5 rail-signals auto": "many"}')
  const warnings: string[] = []
  const limits = await open(file, 'auto', {...silentLog, warn: (line) => warnings.push(line)})
  assert.equal(limits.microBatchFor(task), undefined)
  assert.match(warnings.join(), /memory-limits\.json\.damaged/)
  assert.ok(existsSync(`${file}.damaged`) && !existsSync(file))
})
