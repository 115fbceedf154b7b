import assert from 'node:assert/strict'
import {test} from 'node:test'
import {limitsOf} from '../../../src/daemon/trials/trial-limits.ts'

const gigabyte = 2 ** 30
const nano = {memoryBytes: 4_156_956_672}
const model = {kind: 'model', model: 'lenet5', dataset: 'rail-signals'} as const
const silenceMs = 300_000

test('on a Nano a trial may have 2.5 GB, and two side by side half of it each', () => {
  const alone = limitsOf({task: model, parallel: 1}, nano, {silenceMs})
  assert.equal(((alone.memoryBytes ?? 0) / gigabyte).toFixed(2), '2.52')
  assert.equal(alone.silenceMs, silenceMs)
  const beside = limitsOf({task: model, parallel: 2}, nano, {silenceMs})
  assert.equal(beside.memoryBytes, (alone.memoryBytes ?? 0) / 2)
})

test('a limit that a person set is that of each trial', () => {
  const settings = {silenceMs, trialMemoryBytes: gigabyte}
  for (const parallel of [1, 4]) {
    assert.equal(limitsOf({task: model, parallel}, nano, settings).memoryBytes, gigabyte)
  }
})

test('a machine that does not tell its memory sets no limit', () => {
  assert.deepEqual(limitsOf({task: model, parallel: 1}, {memoryBytes: 0}, {silenceMs}), {silenceMs})
})

test('a program may be quiet, unless its study says for how long', () => {
  const command = {kind: 'command', command: 'train'} as const
  const limits = (task: typeof command & {readonly silenceS?: number}) =>
    limitsOf({task, parallel: 1}, {memoryBytes: 0}, {silenceMs})
  assert.deepEqual(limits(command), {})
  assert.deepEqual(limits({...command, silenceS: 20}), {silenceMs: 20_000})
})
