import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {getPriority} from 'node:os'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {writePrepared} from '../../../src/daemon/datasets/prepared.ts'
import {drawRailSignals} from '../../../src/daemon/datasets/rail-signals/rail-signals.ts'
import type {Epoch} from '../../../src/daemon/studies/study.ts'
import {fullPace} from '../../../src/daemon/throttle/pace.ts'
import type {TrainingJob} from '../../../src/daemon/trials/messages.ts'
import {
  startTrainerProcess,
  type TrainerProcess,
} from '../../../src/daemon/trials/trainer-process.ts'
import {openTrainers} from '../../../src/daemon/trials/trainers.ts'
import type {TrialLimits} from '../../../src/daemon/trials/trial-limits.ts'
import {childrenOf} from '../../fixtures/children.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {isAlive, until} from '../../fixtures/processes.ts'

const prepare = async (t: TestContext): Promise<string> => {
  const drawn = await drawRailSignals({
    set: {name: 'rail-signals', trainCount: 300, testCount: 50},
    report: () => {},
  })
  assert.ok(drawn.ok)
  const file = join(temporaryFolder(t), 'rail-signals.simmer')
  await writePrepared(file, drawn.value)
  return file
}

const jobOf = (datasetFile: string, epochs: number): TrainingJob => ({
  params: {epochs, batch: 50},
  seed: 1,
  datasetFile,
  purpose: {kind: 'validate', validationShare: 0.2, splitSeed: 1},
})

const runOn = (
  trainer: Pick<TrainerProcess, 'run'>,
  job: TrainingJob,
  pace = fullPace,
  limits: TrialLimits = {},
) => {
  const epochs: Epoch[] = []
  const listener = {onEpoch: (epoch: Epoch) => epochs.push(epoch), onProgress: () => {}}
  const run = trainer.run(job, {pace, limits, listener})
  return {...run, epochs}
}

const startTrainer = (t: TestContext, backend: 'auto' | 'tensorflow-gpu' = 'auto') => {
  const trainer = startTrainerProcess({backend, log: silentLog})
  t.after(trainer.close)
  return trainer
}

/** Metrics without the one that the clock decides. */
const measured = (epochs: readonly Epoch[]) =>
  epochs.map(({metrics: {seconds: _, ...metrics}}) => metrics)

test('one process trains one job after another, and the throttle does not change what it computes', async (t) => {
  const file = await prepare(t)
  const trainer = startTrainer(t)
  assert.deepEqual(await trainer.ready, {ok: true, value: 'wasm'})
  const free = runOn(trainer, jobOf(file, 2))
  assert.equal((await free.outcome).kind, 'done')
  assert.ok(trainer.isReusable())
  const braked = runOn(trainer, jobOf(file, 2), {microBatch: 8, duty: 0.7})
  assert.equal((await braked.outcome).kind, 'done')
  assert.equal(braked.epochs.length, 2)
  for (const [index, metrics] of measured(braked.epochs).entries()) {
    for (const [name, value] of Object.entries(metrics)) {
      const expected = measured(free.epochs)[index]?.[name] ?? Number.NaN
      // Gradients are summed in another order, in single precision.
      assert.ok(Math.abs(value - expected) < 1e-5, `${name}: ${value} and ${expected}`)
    }
  }
})

test('a job stops when it is told to, and the process takes the next one', async (t) => {
  const file = await prepare(t)
  const trainer = startTrainer(t)
  const endless = runOn(trainer, jobOf(file, 1000))
  await trainer.ready
  endless.stop()
  assert.deepEqual(await endless.outcome, {kind: 'stopped'})
  assert.equal((await runOn(trainer, jobOf(file, 1)).outcome).kind, 'done')
})

test('a setting that diverges is a failed trial with its reason, and the process lives on', async (t) => {
  const file = await prepare(t)
  const trainer = startTrainer(t)
  const diverging = {
    ...jobOf(file, 3),
    params: {lr: 10, weight_decay: 1, epochs: 3, batch: 8},
  }
  const outcome = await runOn(trainer, diverging).outcome
  assert.ok(outcome.kind === 'failed')
  assert.equal(outcome.reason.kind, 'diverged')
  assert.ok(trainer.isReusable())
})

test('a data set that is gone or damaged is a failed trial that says so', async (t) => {
  const trainer = startTrainer(t)
  const outcome = await runOn(trainer, jobOf(join(temporaryFolder(t), 'gone.simmer'), 1)).outcome
  assert.ok(outcome.kind === 'failed')
  assert.equal(outcome.reason.kind, 'invalid')
  assert.match(outcome.reason.message, /gone\.simmer/)
})

test('a backend that is not there is refused with the way out', async (t) => {
  const trainer = startTrainer(t, 'tensorflow-gpu')
  const ready = await trainer.ready
  assert.ok(!ready.ok)
  assert.match(ready.problems.join(), /simmer backend install tensorflow.*auto/)
})

test('idle processes are used again, and all are gone after closing', async (t) => {
  const file = await prepare(t)
  const trainers = openTrainers({backend: 'auto', log: silentLog})
  const run = () => runOn(trainers, jobOf(file, 1)).outcome
  const outcomes = await Promise.all([run(), run()])
  assert.deepEqual(
    outcomes.map(({kind}) => kind),
    ['done', 'done'],
  )
  await trainers.rest()
  assert.equal((await run()).kind, 'done')
  const cutOff = runOn(trainers, jobOf(file, 1000))
  await trainers.close()
  assert.equal((await cutOff.outcome).kind, 'stopped')
})

test('Ctrl-C, which every process of a terminal hears, does not end a training process', async (t) => {
  const file = await prepare(t)
  const trainers = openTrainers({backend: 'auto', log: silentLog})
  t.after(trainers.close)
  const before = new Set(childrenOf(process.pid))
  const run = runOn(trainers, jobOf(file, 3))
  const [child] = childrenOf(process.pid).filter((pid) => !before.has(pid))
  while (run.epochs.length === 0) await sleep(10)
  if (child !== undefined) process.kill(child, 'SIGINT')
  assert.equal((await run.outcome).kind, 'done')
  assert.equal(run.epochs.length, 3)
})

/** The training process that `begin` starts. */
const childOf = (begin: () => void): number => {
  const before = new Set(childrenOf(process.pid))
  begin()
  const [child] = childrenOf(process.pid).filter((pid) => !before.has(pid))
  assert.ok(child !== undefined)
  return child
}

test('a training process that says nothing for too long is ended', async (t) => {
  const file = await prepare(t)
  const trainers = openTrainers({backend: 'auto', log: silentLog})
  t.after(trainers.close)
  // Starting up takes a second or more, in which nothing is said.
  const limits = {silenceMs: 20_000}
  let run: ReturnType<typeof runOn> | undefined
  const child = childOf(() => {
    run = runOn(trainers, jobOf(file, 1000), fullPace, limits)
  })
  await until(() => run?.epochs.length !== 0)
  process.kill(child, 'SIGSTOP')
  const outcome = await run?.outcome
  assert.ok(outcome?.kind === 'failed')
  assert.deepEqual(outcome.reason, {
    kind: 'timed-out',
    message:
      'The trial said nothing for 20 s and was ended. If it was only slow, raise SIMMER_SILENCE_S.',
  })
  assert.ok(!isAlive(child))
  // The next trial has a process of its own.
  assert.equal((await runOn(trainers, jobOf(file, 1)).outcome).kind, 'done')
})

test('a training process that stands still by its pace, or trains, is not silent', async (t) => {
  const file = await prepare(t)
  const trainer = startTrainer(t)
  await trainer.ready
  const run = runOn(trainer, jobOf(file, 1), {microBatch: 64, duty: 0}, {silenceMs: 4_000})
  const first = await Promise.race([run.outcome, sleep(8_000, 'standing')])
  assert.equal(first, 'standing')
  run.setPace(fullPace)
  assert.equal((await run.outcome).kind, 'done')
})

test('a training process above its memory is ended, with what it had on the device at once', {
  skip: process.platform === 'win32',
}, async (t) => {
  const file = await prepare(t)
  const trainer = startTrainer(t)
  const pace = {microBatch: 32, duty: 1}
  const outcome = await runOn(trainer, jobOf(file, 1000), pace, {memoryBytes: 2 ** 24}).outcome
  assert.ok(outcome.kind === 'failed')
  assert.equal(outcome.reason.kind, 'out-of-memory')
  assert.match(outcome.reason.message, /its limit is 16 MB/)
  assert.equal(outcome.microBatch, 32)
  assert.ok(!trainer.isReusable())
})

test('a training process that the kernel kills ran out of memory', async (t) => {
  const file = await prepare(t)
  const trainers = openTrainers({backend: 'auto', log: silentLog})
  t.after(trainers.close)
  let run: ReturnType<typeof runOn> | undefined
  const child = childOf(() => {
    run = runOn(trainers, jobOf(file, 1000))
  })
  await until(() => run?.epochs.length !== 0)
  process.kill(child, 'SIGKILL')
  const outcome = await run?.outcome
  assert.ok(outcome?.kind === 'failed')
  assert.equal(outcome.reason.kind, 'out-of-memory')
  // What our kernels take at once.
  assert.equal(outcome.microBatch, 128)
})

test('a training process stands behind the daemon: nicer, and the first to go when memory runs out', {
  skip: process.platform === 'linux' ? false : 'only Linux tells',
}, async (t) => {
  let trainer: TrainerProcess | undefined
  const child = childOf(() => {
    trainer = startTrainer(t)
  })
  assert.equal(getPriority(child), 10)
  assert.equal(readFileSync(`/proc/${child}/oom_score_adj`, 'utf8'), '500\n')
  await trainer?.ready
})
