import assert from 'node:assert/strict'
import {type ChildProcess, fork} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {extname, join} from 'node:path'
import {after, before, type TestContext, test} from 'node:test'
import {fileURLToPath} from 'node:url'
import {writePrepared} from '../../../src/daemon/datasets/prepared.ts'
import {fullPace} from '../../../src/daemon/throttle/pace.ts'
import type {FromTrainer, ToTrainer, TrainingJob} from '../../../src/daemon/trials/messages.ts'
import {stripes} from './stripes.ts'

// tsc rewrites imports but not URLs.
const trainerFile = fileURLToPath(
  new URL(`../../../src/daemon/training/main${extname(import.meta.url)}`, import.meta.url),
)

let folder = ''
let datasetFile = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simmer-training-'))
  datasetFile = join(folder, 'stripes.prepared')
  await writePrepared(datasetFile, stripes({train: 90, test: 30}))
})

after(() => rm(folder, {recursive: true}))

/** A trainer in a process of its own, and what it says up to a message of some kind. */
const startTrainer = (t: TestContext, backend: string) => {
  const child = fork(trainerFile, [backend], {stdio: ['ignore', 'ignore', 'ignore', 'ipc']})
  t.after(() => child.kill())
  const heard: FromTrainer[] = []
  const waiting = new Set<() => void>()
  child.on('message', (message) => {
    // Only our own trainer is at the other end.
    heard.push(message as FromTrainer)
    for (const look of waiting) look()
  })
  const next = (...kinds: readonly FromTrainer['kind'][]) =>
    new Promise<FromTrainer>((resolve) => {
      const look = () => {
        const index = heard.findIndex((one) => kinds.includes(one.kind))
        if (index < 0) return
        waiting.delete(look)
        const [found] = heard.splice(0, index + 1).slice(-1)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return {child, next, tell: (message: ToTrainer) => child.send(message)}
}

const exitOf = async (child: ChildProcess): Promise<number | null> => {
  const [code] = await once(child, 'exit')
  return code
}

const jobOf = (params: TrainingJob['params']): TrainingJob => ({
  params: {batch: 20, lr: 0.02, momentum: 0.9, ...params},
  seed: 5,
  datasetFile,
  purpose: {kind: 'validate', validationShare: 0.2, splitSeed: 1},
})

const lastMetricsOf = async (trainer: ReturnType<typeof startTrainer>, job: TrainingJob) => {
  trainer.tell({kind: 'start', job, pace: fullPace})
  let metrics: Readonly<Record<string, number>> = {}
  for (;;) {
    const said = await trainer.next('epoch', 'done', 'failed')
    if (said.kind !== 'epoch') {
      assert.equal(said.kind, 'done')
      const {seconds, ...rest} = metrics
      return rest
    }
    metrics = said.epoch.metrics
  }
}

test('a forked trainer learns, stays warm, repeats itself to the last bit, and ends with its parent', async (t) => {
  const warm = startTrainer(t, 'auto')
  assert.deepEqual(await warm.next('ready'), {kind: 'ready', backend: 'wasm', itemsAtOnce: 128})
  const job = jobOf({epochs: 3, dropout: 0.2})
  const first = await lastMetricsOf(warm, job)
  assert.ok(first.val_accuracy > 0.9)
  assert.deepEqual(await lastMetricsOf(warm, job), first)

  const fresh = startTrainer(t, 'wasm')
  assert.deepEqual(await lastMetricsOf(fresh, job), first)

  const exits = [exitOf(warm.child), exitOf(fresh.child)]
  warm.child.disconnect()
  fresh.child.disconnect()
  assert.deepEqual(await Promise.all(exits), [0, 0])
})

test('a stop ends a job even in a long pause, and the next one runs', async (t) => {
  const trainer = startTrainer(t, 'wasm')
  await trainer.next('ready')
  const job = jobOf({epochs: 1})
  trainer.tell({kind: 'start', job, pace: {microBatch: 1, duty: 0}})
  trainer.tell({kind: 'stop'})
  const stopped = await trainer.next('failed')
  assert.ok(stopped.kind === 'failed')
  assert.equal(stopped.reason.kind, 'canceled')

  trainer.tell({kind: 'start', job, pace: fullPace})
  assert.equal((await trainer.next('done', 'failed')).kind, 'done')
  trainer.child.disconnect()
  await exitOf(trainer.child)
})

test('a missing or damaged data set and impossible params fail their job only', async (t) => {
  const trainer = startTrainer(t, 'cpu')
  assert.deepEqual(await trainer.next('ready'), {kind: 'ready', backend: 'cpu', itemsAtOnce: 8})
  const damaged = join(folder, 'damaged.prepared')
  await writeFile(damaged, 'not a data set')
  const jobs = [
    {...jobOf({}), datasetFile: join(folder, 'missing.prepared')},
    {...jobOf({}), datasetFile: damaged},
    jobOf({pooling: 'median'}),
  ]
  for (const job of jobs) {
    trainer.tell({kind: 'start', job, pace: fullPace})
    const said = await trainer.next('done', 'failed')
    assert.ok(said.kind === 'failed')
    assert.equal(said.reason.kind, 'invalid')
    assert.match(said.reason.message, /\.$/)
  }
  trainer.child.disconnect()
  await exitOf(trainer.child)
})

test('a backend that is not there is refused, and the process ends', async (t) => {
  const trainer = startTrainer(t, 'tensorflow')
  const exit = exitOf(trainer.child)
  const said = await trainer.next('ready', 'failed')
  assert.ok(said.kind === 'failed')
  assert.match(said.reason.message, /TensorFlow is not installed\. Run `simmer backend install/)
  assert.equal(await exit, 1)
})

test('an unforeseen error is reported as a crash, and the process ends', async (t) => {
  const trainer = startTrainer(t, 'cpu')
  const exit = exitOf(trainer.child)
  // No such purpose: our own bug, as far as the trainer can tell.
  const job = {...jobOf({}), purpose: undefined} as unknown as TrainingJob
  trainer.tell({kind: 'start', job, pace: fullPace})
  const said = await trainer.next('done', 'failed')
  assert.ok(said.kind === 'failed')
  assert.equal(said.reason.kind, 'crashed')
  assert.equal(await exit, 1)
})
