import assert from 'node:assert/strict'
import {test} from 'node:test'
import {startRetryingRun} from '../../../src/daemon/scheduler/retrying-run.ts'
import {fullPace, type Pace} from '../../../src/daemon/throttle/pace.ts'
import type {Outcome} from '../../../src/daemon/trials/outcome.ts'

const outOfMemory: Outcome = {
  kind: 'failed',
  reason: {kind: 'out-of-memory', message: 'There was no memory.'},
}
const done: Outcome = {kind: 'done', samplesPerSecond: 100, backend: 'wasm'}

/** A machine whose memory holds `fits` samples at once and whose library never takes more than 128. */
const startOn = (fits: number, batch: number, microBatchCap?: number) => {
  const paces: Pace[] = []
  const told: string[] = []
  const run = startRetryingRun({
    batch,
    ...(microBatchCap === undefined ? {} : {microBatchCap}),
    pace: fullPace,
    start: (pace) => {
      paces.push(pace)
      const microBatch = Math.min(pace.microBatch, 128)
      const outcome = Math.min(microBatch, batch) > fits ? {...outOfMemory, microBatch} : done
      return {
        outcome: Promise.resolve(outcome),
        setPace: (next) => paces.push(next),
        stop: () => {},
      }
    },
    onRetry: (microBatch, tooLarge) => told.push(`${tooLarge} to ${microBatch}`),
    onFits: (tooLarge) => told.push(`below ${tooLarge}`),
  })
  const microBatches = () => paces.map(({microBatch}) => microBatch)
  return {...run, microBatches, told}
}

test('what fits runs once, and nothing is learned', async () => {
  const run = startOn(1000, 256)
  assert.deepEqual(await run.outcome, done)
  assert.deepEqual(run.microBatches(), [4096])
  assert.deepEqual(run.told, [])
})

test('it begins again with half of what was on the device at once, until it fits', async () => {
  const run = startOn(40, 256)
  assert.deepEqual(await run.outcome, done)
  assert.deepEqual(run.microBatches(), [4096, 64, 32])
  assert.deepEqual(run.told, ['128 to 64', '64 to 32', 'below 64'])
})

test('a batch that is smaller than what the library takes is what is halved', async () => {
  const run = startOn(10, 20)
  assert.deepEqual(await run.outcome, done)
  assert.deepEqual(run.microBatches(), [4096, 10])
})

test('after three more tries it has failed, and nothing is learned', async () => {
  const run = startOn(0, 256)
  const outcome = await run.outcome
  assert.ok(outcome.kind === 'failed')
  assert.match(outcome.reason.message, /4 times, with 128, 64, 32 and 16 samples at once/)
  assert.deepEqual(run.told, ['128 to 64', '64 to 32', '32 to 16'])
})

test('what is known to fit is never exceeded, whatever the throttle allows', async () => {
  const run = startOn(1000, 256, 24)
  run.setPace({microBatch: 64, duty: 0.5})
  run.setPace({microBatch: 8, duty: 1})
  await run.outcome
  assert.deepEqual(run.microBatches(), [24, 24, 8])
})

test('a trial that is stopped while it fails does not begin again', async () => {
  const run = startOn(0, 256)
  run.stop()
  assert.deepEqual(await run.outcome, {kind: 'stopped'})
  assert.deepEqual(run.microBatches(), [4096])
})
