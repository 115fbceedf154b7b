import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {ok, refuse} from '../../../src/daemon/base/result.ts'
import type {Epoch} from '../../../src/daemon/studies/study.ts'
import {fullPace, type Pace} from '../../../src/daemon/throttle/pace.ts'
import {openBackend} from '../../../src/daemon/training/backends/open.ts'
import {type Ending, runJob, type Surroundings} from '../../../src/daemon/training/job.ts'
import type {FromTrainer, TrainingJob} from '../../../src/daemon/trials/messages.ts'
import {stripes} from './stripes.ts'

const opened = async (choice: string) => {
  const backend = await openBackend(choice)
  assert.ok(backend.ok)
  return backend.value
}
const wasm = await opened('wasm')

const dataset = stripes({train: 90, test: 30})

const jobOf = (params: TrainingJob['params'], purpose: 'validate' | 'score' = 'validate') => ({
  params: {batch: 20, lr: 0.02, ...params},
  seed: 5,
  datasetFile: 'stripes',
  purpose:
    purpose === 'score'
      ? ({kind: 'score'} as const)
      : ({kind: 'validate', validationShare: 0.2, splitSeed: 1} as const),
})

type Heard = {readonly ending: Ending; readonly epochs: readonly Epoch[]}

const hear = async (job: TrainingJob, surroundings: Partial<Surroundings> = {}): Promise<Heard> => {
  const said: FromTrainer[] = []
  const ending = await runJob(job, {
    backend: wasm,
    readDataset: () => ok(dataset),
    pace: () => fullPace,
    signal: new AbortController().signal,
    clock: systemClock,
    say: (message) => said.push(message),
    ...surroundings,
  })
  return {ending, epochs: said.flatMap((one) => (one.kind === 'epoch' ? [one.epoch] : []))}
}

/** Everything but the time it took. */
const metricsOf = ({epochs}: Heard) => epochs.map(({metrics: {seconds, ...rest}}) => rest)

const assertClose = (a: Heard, b: Heard, tolerance: number) => {
  assert.equal(a.epochs.length, b.epochs.length)
  for (const [epoch, metrics] of metricsOf(a).entries()) {
    for (const [name, value] of Object.entries(metrics)) {
      const other = metricsOf(b)[epoch][name]
      assert.ok(Math.abs(value - other) <= tolerance, `${name}: ${value} and ${other}`)
    }
  }
}

test('training on stripes learns to tell them apart, epoch by epoch', async () => {
  const {ending, epochs} = await hear(jobOf({epochs: 4, momentum: 0.9}))
  assert.equal(ending.kind, 'done')
  assert.deepEqual(
    epochs.map(({epoch}) => epoch),
    [1, 2, 3, 4],
  )
  assert.deepEqual(Object.keys(epochs[0].metrics), [
    'train_loss',
    'train_accuracy',
    'val_loss',
    'val_accuracy',
    'seconds',
  ])
  assert.ok(epochs[3].metrics.val_accuracy > 0.9)
})

test('the same job gives the same numbers to the last bit, and leaves nothing on the backend', async () => {
  const job = jobOf({epochs: 2, dropout: 0.3, shift: 2, flip: true, optimizer: 'adam', lr: 0.002})
  const first = await hear(job)
  const held = tf.memory()
  await hear(jobOf({epochs: 1, width: 2, activation: 'tanh'}))
  const second = await hear(job)
  assert.deepEqual(metricsOf(first), metricsOf(second))
  assert.equal(tf.memory().numTensors, 0)
  assert.equal(tf.memory().numDataBuffers, held.numDataBuffers)
  const other = await hear({...job, seed: 6})
  assert.notDeepEqual(metricsOf(first), metricsOf(other))
})

test('micro-batches change the speed and not the losses, with dropout and augmentation too', async () => {
  const job = jobOf({epochs: 2, dropout: 0.4, shift: 2, flip: true, momentum: 0.5})
  const whole = await hear(job)
  const inSevens = await hear(job, {pace: () => ({microBatch: 7, duty: 1})})
  assertClose(whole, inSevens, 1e-4)
})

test('tanh with max pooling learns on wasm as in plain JavaScript', async () => {
  const job = jobOf({epochs: 2, activation: 'tanh', width: 0.5})
  const small = {readDataset: () => ok(stripes({train: 30, test: 3}))}
  const onWasm = await hear(job, small)
  const onCpu = await hear(job, {...small, backend: await opened('cpu')})
  await tf.setBackend('wasm')
  assertClose(onWasm, onCpu, 1e-4)
  const [start, end] = metricsOf(onCpu)
  assert.ok(end.train_loss < start.train_loss)
})

test('a score trains on the whole training set and measures once on the test set', async () => {
  const {ending, epochs} = await hear(jobOf({epochs: 4, momentum: 0.9}, 'score'))
  assert.ok(ending.kind === 'done' && ending.score)
  const {score} = ending
  assert.equal(epochs[0].metrics.val_loss, undefined)
  assert.ok(score.testAccuracy > 0.9)
  assert.deepEqual(
    score.confusion.map((row) => row.reduce((sum, count) => sum + count)),
    [10, 10, 10],
  )
  assert.deepEqual(
    score.perClass.map(({name, count}) => [name, count]),
    [
      ['level', 10],
      ['upright', 10],
      ['plain', 10],
    ],
  )
  const [low, high] = score.interval95
  assert.ok(low < score.testAccuracy && score.testAccuracy <= high)
  assert.equal(score.backend, 'wasm')
  assert.deepEqual(score.params, {batch: 20, lr: 0.02, epochs: 4, momentum: 0.9})
})

test('a learning rate far too high ends as diverged, and says where', async () => {
  const {ending} = await hear(jobOf({lr: 10, momentum: 0.99, epochs: 50}))
  assert.ok(ending.kind === 'failed')
  assert.equal(ending.reason.kind, 'diverged')
  assert.match(ending.reason.message, /loss.*epoch \d+/)
  assert.equal(tf.memory().numTensors, 0)
})

test('params that the model cannot use are invalid', async () => {
  const {ending} = await hear(jobOf({lr: -1}))
  assert.deepEqual(ending, {
    kind: 'failed',
    reason: {
      kind: 'invalid',
      message: 'Expected `lr` to be a number from 1e-7 to 10, got -1.',
    },
  })
})

test('a data set that cannot be read, is too small or has too small pictures is invalid', async () => {
  const problems = [
    refuse('There is no such file.'),
    ok(stripes({train: 0, test: 0})),
    ok({...dataset, height: 15}),
  ].map(async (read) => (await hear(jobOf({}), {readDataset: () => read})).ending)
  for (const [index, pattern] of [/no such file/, /got 0 and 0/, /at least 16 × 16/].entries()) {
    const ending = await problems[index]
    assert.ok(ending.kind === 'failed')
    assert.equal(ending.reason.kind, 'invalid')
    assert.match(ending.reason.message, pattern)
  }
})

test('a stop ends the job as canceled and leaves nothing on the backend', async () => {
  const stopping = new AbortController()
  const resting: Pace = {microBatch: 1, duty: 0}
  const running = hear(jobOf({}), {pace: () => resting, signal: stopping.signal})
  setImmediate(() => stopping.abort())
  const {ending} = await running
  assert.ok(ending.kind === 'failed')
  assert.equal(ending.reason.kind, 'canceled')
  assert.equal(tf.memory().numTensors, 0)
})
