import assert from 'node:assert/strict'
import {test} from 'node:test'
import {afterOutOfMemory} from '../../../src/daemon/scheduler/after-out-of-memory.ts'

const reason = {kind: 'out-of-memory', message: 'There was no memory.'} as const

test('a trial that ran out of memory runs again at half the micro-batch, three times', () => {
  assert.deepEqual(afterOutOfMemory([100], reason), {kind: 'again', microBatch: 50})
  assert.deepEqual(afterOutOfMemory([100, 50], reason), {kind: 'again', microBatch: 25})
  assert.deepEqual(afterOutOfMemory([100, 50, 25], reason), {kind: 'again', microBatch: 12})
})

test('then it has failed, and the reason tells the tries', () => {
  assert.deepEqual(afterOutOfMemory([100, 50, 25, 12], reason), {
    kind: 'fail',
    reason: {
      kind: 'out-of-memory',
      message:
        'It ran out of memory 4 times, with 100, 50, 25 and 12 samples at once. The last time: There was no memory.',
    },
  })
})

test('one sample is not halved', () => {
  assert.deepEqual(afterOutOfMemory([1], reason), {kind: 'fail', reason})
  const told = afterOutOfMemory([2, 1], reason)
  assert.ok(told.kind === 'fail')
  assert.match(told.reason.message, /^It ran out of memory 2 times, with 2 and 1 samples at once\./)
})
