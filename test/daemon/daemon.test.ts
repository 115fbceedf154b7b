import assert from 'node:assert/strict'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {type Clock, systemClock} from '../../src/daemon/base/clock.ts'
import {silentLog} from '../../src/daemon/base/log.ts'
import {type RunningDaemon, startDaemon} from '../../src/daemon/daemon.ts'
import {openDatasetLibrary} from '../../src/daemon/datasets/library.ts'
import {openHistory} from '../../src/daemon/history/history.ts'
import {rowOf} from '../../src/daemon/history/row.ts'
import {openAboutMachine} from '../../src/daemon/machine/about.ts'
import {openMemoryLimits} from '../../src/daemon/storage/memory-limits.ts'
import type {StudyStorage} from '../../src/daemon/storage/storage.ts'
import {openStudyStore} from '../../src/daemon/storage/study-store.ts'
import type {Study} from '../../src/daemon/studies/study.ts'
import {openSuggester, type Suggester} from '../../src/daemon/suggester/suggester.ts'
import {fullPace} from '../../src/daemon/throttle/pace.ts'
import {openTrainers} from '../../src/daemon/trials/trainers.ts'
import type {LimitSettings} from '../../src/daemon/trials/trial-limits.ts'
import {assertClose} from '../fixtures/assert-close.ts'
import {childrenOf} from '../fixtures/children.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {until as waitFor} from '../fixtures/processes.ts'
import {projectRoot} from '../fixtures/project.ts'

const measuring = `node ${join(projectRoot(), 'test/fixtures/measuring-program.mjs')}`

const study = (name: string, change: object = {}) => ({
  name,
  command: measuring,
  space: {x: {uniform: [0, 10]}},
  objective: {metric: 'loss', goal: 'minimize'},
  budget: {trials: 3},
  ...change,
})

const start = async (
  t: TestContext,
  home = temporaryFolder(t),
  storage: StudyStorage = openStudyStore(join(home, 'studies')),
  suggester: Suggester = openSuggester(),
  clock: Clock = systemClock,
  trialLimits: LimitSettings = {silenceMs: 60_000},
): Promise<RunningDaemon> => {
  const daemon = await startDaemon({
    storage,
    datasets: openDatasetLibrary({home, log: silentLog}),
    trainers: openTrainers({backend: 'auto', log: silentLog}),
    suggester,
    history: await openHistory({folder: join(home, 'logs', 'telemetry'), log: silentLog}),
    trialLimits: () => trialLimits,
    memoryLimits: await openMemoryLimits({
      file: join(home, 'memory-limits.json'),
      backend: 'auto',
      log: silentLog,
    }),
    machine: {
      model: 'Test',
      kind: 'other',
      cpu: 'none',
      cores: 1,
      memoryBytes: 0,
      measuresPower: false,
    },
    pace: fullPace,
    about: openAboutMachine({
      processor: {kind: 'only-one'},
      lastStop: 'clean',
      overCurrents: () => undefined,
    }),
    clock,
    log: silentLog,
    foreground: false,
  })
  t.after(() => daemon.stop())
  return daemon
}

const submitted = async (daemon: RunningDaemon, source: object): Promise<Study> => {
  const result = await daemon.submit(source)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

/** Resolves with the study as soon as it is so. */
const until = (
  daemon: RunningDaemon,
  id: string,
  isSo: (study: Study) => boolean,
): Promise<Study> =>
  new Promise((resolve) => {
    const look = () => {
      const found = daemon.study(id)
      if (!found || !isSo(found)) return
      stop()
      resolve(found)
    }
    const stop = daemon.subscribe(look)
    look()
  })

test('studies run one after the other in the order in which they came', async (t) => {
  const daemon = await start(t)
  const first = await submitted(daemon, study('first', {dataset: undefined}))
  const second = await submitted(daemon, study('second'))
  const third = await submitted(daemon, {
    name: 'third',
    dataset: 'rail-signals',
    space: {lr: {uniform: [0.01, 0.1]}, epochs: 1, batch: 128},
    budget: {trials: 1},
  })
  const fourth = await submitted(daemon, study('fourth'))
  for (const {id} of [first, second, third, fourth]) {
    const ended = await until(daemon, id, (one) => one.state === 'complete')
    assert.equal(ended.trials.length, ended.settings.budget.trials)
  }
  const times = daemon.studies().map((one) => Number(one.finishedAtMs))
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  )
  while (daemon.activity() !== 'Waiting: nothing is queued') await sleep(10)
})

test('a paused study lets the next one go first, and goes on where it was', async (t) => {
  const daemon = await start(t)
  const slow = await submitted(daemon, study('slow', {command: `${measuring} --slow`}))
  await until(daemon, slow.id, (one) => one.trials[1]?.state === 'running')
  assert.ok((await daemon.pause(slow.id)).ok)
  assert.deepEqual(
    daemon.study(slow.id)?.trials.map(({state}) => state),
    ['complete', 'waiting'],
  )
  const quick = await submitted(daemon, study('quick'))
  await until(daemon, quick.id, (one) => one.state === 'complete')
  assert.equal(daemon.study(slow.id)?.state, 'paused')
  const point = daemon.study(slow.id)?.trials[1]?.point
  assert.ok((await daemon.resume(slow.id)).ok)
  const ended = await until(daemon, slow.id, (one) => one.state === 'complete')
  assert.deepEqual(ended.trials[1]?.point, point)
})

/** A suggester that thinks for ever while `isSlow` says so, until it is told to give up. */
const thoughtful = (isSlow: () => boolean): Suggester => {
  const real = openSuggester()
  return {
    ...real,
    suggest: (asked, signal) =>
      isSlow()
        ? new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(undefined))
          })
        : real.suggest(asked, signal),
  }
}

const startThoughtful = (t: TestContext, home: string, isSlow: () => boolean) =>
  start(t, home, openStudyStore(join(home, 'studies')), thoughtful(isSlow))

test('the time that a study is paused does not count as spent', async (t) => {
  let pausedMs = 0
  const clock = {...systemClock, monotonicMs: () => performance.now() + pausedMs}
  const daemon = await start(t, undefined, undefined, undefined, clock)
  const {id} = await submitted(daemon, study('slow', {command: `${measuring} --slow`}))
  await until(daemon, id, ({trials}) =>
    trials.some((trial) => trial.state === 'running' && trial.epochs.length > 0),
  )
  assert.ok((await daemon.pause(id)).ok)
  pausedMs = 3_600_000
  assert.ok((await daemon.resume(id)).ok)
  const {activeMs} = await until(daemon, id, ({state}) => state === 'complete')
  assert.ok(0 < activeMs && activeMs < pausedMs, String(activeMs))
})

test('a study can be paused, resumed and canceled while its next setting is chosen', async (t) => {
  let isSlow = true
  const daemon = await startThoughtful(t, temporaryFolder(t), () => isSlow)
  const {id} = await submitted(daemon, study('thinking', {seed: 5}))
  const isChoosing = async () => {
    while (daemon.activity() !== `Choosing the setting of trial 0 of ${id}`) await sleep(10)
  }
  await isChoosing()
  assert.ok((await daemon.pause(id)).ok)
  while (daemon.activity() !== 'Waiting: nothing is queued') await sleep(10)
  assert.deepEqual(daemon.study(id)?.trials, [])
  assert.ok((await daemon.resume(id)).ok)
  await isChoosing()
  assert.ok((await daemon.pause(id)).ok)
  isSlow = false
  assert.ok((await daemon.resume(id)).ok)
  await until(daemon, id, (one) => one.state === 'complete')
  isSlow = true
  const other = await submitted(daemon, study('second thoughts'))
  while (!daemon.activity().startsWith('Choosing')) await sleep(10)
  assert.ok((await daemon.cancel(other.id)).ok)
  assert.deepEqual(daemon.study(other.id)?.trials, [])
  assert.deepEqual(daemon.notices(), [])
})

test('a running study gets more trials, or ends with those that have begun', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await start(t, home)
  const longer = await submitted(daemon, study('longer', {command: `${measuring} --slow`}))
  await until(daemon, longer.id, (one) => one.trials.length === 2)
  assert.ok((await daemon.revise(longer.id, {budget: {trials: 5}, notes: 'more'})).ok)
  const shorter = await submitted(
    daemon,
    study('shorter', {command: `${measuring} --slow`, budget: {trials: 9}}),
  )
  const long = await until(daemon, longer.id, (one) => one.state === 'complete')
  assert.equal(long.trials.length, 5)
  await until(daemon, shorter.id, (one) => one.trials[1]?.state === 'running')
  assert.ok((await daemon.revise(shorter.id, {budget: {trials: 2}})).ok)
  const short = await until(daemon, shorter.id, (one) => one.state === 'complete')
  assert.equal(short.trials.length, 2)
  await daemon.stop()
  const stored = await openStudyStore(join(home, 'studies')).load()
  const kept = stored.studies.find(({id}) => id === longer.id)
  assert.deepEqual([kept?.notes, kept?.limitChanges?.[0]?.trial], ['more', 2])
})

test('a study is checked and its cost estimated without being queued', async (t) => {
  const daemon = await start(t)
  const wrong = await daemon.check(study('', {budget: {}}))
  assert.equal(wrong.ok, false)
  const settings = await daemon.check(study('later'))
  assert.ok(settings.ok)
  assert.equal((await daemon.estimate(settings.value)).basis.kind, 'nothing')
  assert.deepEqual(daemon.studies(), [])
  const {id} = await submitted(daemon, study('now'))
  await until(daemon, id, (one) => one.state === 'complete')
  const {basis, durationMs} = await daemon.estimate(settings.value)
  assert.deepEqual(basis, {kind: 'history', trials: 3, isScaled: false})
  assert.ok(Number(durationMs) > 0)
  const pictures = await daemon.check({
    ...study('model'),
    command: undefined,
    dataset: 'rail-signals',
    space: {lr: {uniform: [0.01, 0.1]}},
    objective: undefined,
  })
  assert.ok(pictures.ok)
  const model = await daemon.estimate(pictures.value)
  assert.deepEqual(model.basis, {kind: 'nothing', why: 'No trial of a model has run here yet.'})
})

test('a setting that was being chosen under other limits is chosen anew', async (t) => {
  const asked: (number | undefined)[] = []
  let isSlow = true
  const inner = openSuggester()
  const daemon = await start(t, temporaryFolder(t), undefined, {
    ...inner,
    suggest: async (request, signal) => {
      asked.push(request.question.budgetTrials)
      while (isSlow && !signal.aborted) await sleep(10)
      return inner.suggest(request, signal)
    },
  })
  const {id} = await submitted(daemon, study('changing'))
  while (asked.length === 0) await sleep(10)
  assert.ok((await daemon.revise(id, {budget: {trials: 2}})).ok)
  isSlow = false
  const ended = await until(daemon, id, (one) => one.state === 'complete')
  assert.deepEqual([asked.slice(0, 2), ended.trials.length], [[3, 2], 2])
  assert.equal(ended.limitChanges?.[0]?.trial, 0)
})

test('what is stopped while a setting is chosen goes on after a new start', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await startThoughtful(t, home, () => true)
  const {id} = await submitted(daemon, study('thinking'))
  while (!daemon.activity().startsWith('Choosing')) await sleep(10)
  await daemon.stop()
  const again = await start(t, home)
  const ended = await until(again, id, (one) => one.state === 'complete')
  assert.equal(ended.trials.length, 3)
})

test('an optimizer that fails stops all work, and a notice says why', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await start(t, home, openStudyStore(join(home, 'studies')), {
    suggest: () => Promise.reject(new Error('a matrix is singular')),
    close: async () => {},
  })
  await submitted(daemon, study('unlucky'))
  while (daemon.notices().length === 0) await sleep(10)
  assert.match(daemon.notices()[0] ?? '', /a matrix is singular/)
})

test('a canceled study ends at once and keeps what it has', async (t) => {
  const daemon = await start(t)
  const slow = await submitted(daemon, study('slow', {command: `${measuring} --slow`}))
  await until(daemon, slow.id, (one) => one.trials[0]?.state === 'complete')
  const canceled = await daemon.cancel(slow.id)
  assert.ok(canceled.ok)
  assert.equal(canceled.value.state, 'canceled')
  assert.equal(canceled.value.trials[0]?.state, 'complete')
  for (const change of [daemon.cancel, daemon.pause, daemon.resume]) {
    const again = await change(slow.id)
    assert.ok(!again.ok)
  }
})

test('what is stopped goes on after a new start with the same trials', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await start(t, home)
  const slow = await submitted(daemon, study('slow', {command: `${measuring} --slow`, seed: 5}))
  await until(daemon, slow.id, (one) => one.trials[1]?.state === 'running')
  const points = daemon.study(slow.id)?.trials.map(({point}) => point)
  await daemon.stop()
  const again = await start(t, home)
  const ended = await until(again, slow.id, (one) => one.state === 'complete')
  assert.deepEqual(
    ended.trials.slice(0, 2).map(({point}) => point),
    points,
  )
})

test('a trial that falls behind is stopped, with its reason, and the next one starts', async (t) => {
  const daemon = await start(t)
  const {id} = await submitted(
    daemon,
    study('pruned', {
      command: `${measuring} --hang`,
      space: {x: {choice: [3, 9]}},
      // Before each bad one there are good ones enough to stop it.
      first: [3, 3, 9, 3, 3, 9].map((x) => ({x})),
      budget: {trials: 6},
      pruner: 'asha',
    }),
  )
  const ended = await until(daemon, id, (one) => one.state === 'complete')
  assert.deepEqual(
    ended.trials.map(({state}) => state),
    ['complete', 'complete', 'pruned', 'complete', 'complete', 'pruned'],
  )
  const pruned = ended.trials.find((trial) => trial.state === 'pruned')
  assert.deepEqual(pruned?.values, [37])
  assert.deepEqual(pruned?.epochs, [{epoch: 1, metrics: {loss: 37, cost: 1}}])
  assert.match(pruned?.reason.message ?? '', /^Epoch 1: loss 37 is not the best of \d trials/)
})

test('a training process whose trial is pruned stays warm for the next one', async (t) => {
  const daemon = await start(t)
  const {id} = await submitted(daemon, {
    name: 'pruned training',
    dataset: 'rail-signals',
    // Nothing is learned at such a rate.
    space: {lr: {choice: [0.02, 0.0000001]}, epochs: 2, batch: 256},
    optimizer: 'random',
    // It draws good, good, bad, good.
    seed: 2,
    budget: {trials: 4},
    pruner: 'asha',
  })
  const processes = new Map<number, readonly number[]>()
  const stop = daemon.subscribe(() => {
    const last = daemon.study(id)?.trials.at(-1)
    if (last?.state !== 'running' || last.epochs.length !== 1 || processes.has(last.id)) return
    processes.set(last.id, childrenOf(process.pid))
  })
  const ended = await until(daemon, id, (one) => one.state === 'complete' || one.state === 'paused')
  stop()
  assert.equal(ended.state, 'complete', ended.reason)
  const [first, , third, fourth] = ended.trials
  assert.equal(first?.state, 'complete')
  assert.equal(third?.state, 'pruned')
  assert.equal(third?.epochs.length, 1)
  assert.ok(fourth?.state === 'complete' || fourth?.state === 'pruned')
  assert.deepEqual(
    [...processes.values()],
    ended.trials.map(() => processes.get(0)),
  )
})

test('the settings to try first come first and in order, also over a new start; then the optimizer goes on', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await start(t, home)
  const first = [{x: 3}, {x: 9}, {x: 1}]
  const change = {command: `${measuring} --slow`, first, budget: {trials: 4}}
  const {id} = await submitted(daemon, study('known', change))
  await until(daemon, id, (one) => one.trials[1]?.state === 'running')
  await daemon.stop()
  const again = await start(t, home)
  const {trials} = await until(again, id, (one) => one.state === 'complete')
  assert.deepEqual(
    trials.slice(0, 3).map(({params}) => params),
    first,
  )
  assert.equal(trials.length, 4)
  const fewer = await submitted(again, study('fewer', {first, budget: {trials: 2}}))
  const ended = await until(again, fewer.id, (one) => one.state === 'complete')
  assert.deepEqual(
    ended.trials.map(({point}) => point),
    first.slice(0, 2),
  )
})

test('after a restart the charts go on with the last hour', async (t) => {
  const home = temporaryFolder(t)
  const history = await openHistory({folder: join(home, 'logs', 'telemetry'), log: silentLog})
  const nowMs = Date.now()
  const readings = [-7200, -1800, -60, -1].map((second) => ({
    atMs: nowMs + second * 1000,
    temperaturesC: {CPU: 41.5},
    cpuLoad: 0.25,
    powersW: {POM_5V_IN: 7.1},
    voltagesV: {},
    alarms: [],
  }))
  for (const reading of readings) history.write(rowOf({reading, pace: fullPace}))
  await history.close()
  const daemon = await start(t, home)
  assert.deepEqual(daemon.readings(), readings.slice(1))
  const reading = {...readings[0], atMs: Date.now()}
  daemon.observe(reading)
  assert.deepEqual(daemon.readings(), [...readings.slice(1), reading])
})

test('ids that do not exist are refused with the id', async (t) => {
  const daemon = await start(t)
  for (const result of [
    await daemon.pause('x'),
    await daemon.cancel('x'),
    daemon.export('x', 'csv'),
  ]) {
    assert.deepEqual(result, {
      ok: false,
      problems: ['Expected the id of a study, got "x". The list of studies shows them.'],
    })
  }
})

test('when results cannot be recorded any more, work stops and a notice says so', async (t) => {
  const home = temporaryFolder(t)
  const store = openStudyStore(join(home, 'studies'))
  let isFull = false
  const daemon = await start(t, home, {
    ...store,
    save: (saved) =>
      isFull ? Promise.reject(new Error('no space left on device')) : store.save(saved),
  })
  const slow = await submitted(daemon, study('slow', {command: `${measuring} --slow`}))
  await until(daemon, slow.id, (one) => one.trials[0]?.state === 'running')
  isFull = true
  while (daemon.notices().length === 0) await sleep(10)
  assert.match(
    daemon.notices()[0] ?? '',
    /no space left on device\. Free some space, .* Simmer is to be started anew/,
  )
  assert.match(daemon.activity(), /^Stopped: no space left/)
  isFull = false
})

const training = (name: string, change: object = {}) => ({
  name,
  dataset: 'rail-signals',
  // So slow that rounding, which the micro-batch does change, stays as small as it is.
  space: {lr: {uniform: [0.001, 0.002]}, epochs: 2, batch: 64},
  budget: {trials: 1},
  ...change,
})

/** What of a study the seed decides. */
const lossesOf = (study: Study) =>
  study.trials.map((trial) =>
    trial.state === 'complete' ? trial.epochs.map(({metrics}) => metrics.train_loss) : trial.state,
  )

test('a trial whose process is killed runs again from its start at half the micro-batch, and its losses are the same', async (t) => {
  const home = temporaryFolder(t)
  const daemon = await start(t, home)
  const whole = await submitted(daemon, training('whole'))
  const expected = lossesOf(await until(daemon, whole.id, (one) => one.state === 'complete'))
  const killed = await submitted(daemon, training('killed'))
  await until(daemon, killed.id, ({trials: [trial]}) => {
    return trial?.state === 'running' && trial.epochs.length === 1
  })
  const child = childrenOf(process.pid).at(-1)
  assert.ok(child !== undefined)
  process.kill(child, 'SIGKILL')
  // It is still the same running trial, with nothing to show.
  const {trials} = await until(daemon, killed.id, ({trials: [trial]}) => {
    return trial?.state === 'running' && trial.epochs.length === 0
  })
  assert.equal(trials.length, 1)
  const ended = await until(daemon, killed.id, (one) => one.state === 'complete')
  const losses = lossesOf(ended)
  for (const [i, loss] of (losses[0] as number[]).entries()) {
    assertClose(loss, (expected[0] as number[])[i] ?? Number.NaN, 1e-6)
  }
  await waitFor(() => existsSync(join(home, 'memory-limits.json')))
  // The batch was 64, and half of it fits.
  assert.deepEqual(JSON.parse(readFileSync(join(home, 'memory-limits.json'), 'utf8')), {
    'lenet5 rail-signals auto': 32,
  })
})

test('a trial that finds too little memory four times has failed, and says with what it was tried', async (t) => {
  const daemon = await start(t, undefined, undefined, undefined, undefined, {
    silenceMs: 60_000,
    // Less than a process of Node.js takes.
    trialMemoryBytes: 2 ** 24,
  })
  const {id} = await submitted(
    daemon,
    training('starved', {space: {lr: {choice: [0.01]}, epochs: 500}}),
  )
  const ended = await until(daemon, id, (one) => one.state === 'failed')
  const [trial] = ended.trials
  assert.ok(trial?.state === 'failed')
  assert.equal(trial.reason.kind, 'out-of-memory')
  assert.match(
    trial.reason.message,
    /^It ran out of memory 4 times, with 64, 32, 16 and 8 samples at once\. The last time: The trial held \d+ MB of memory, its limit is 16 MB\./,
  )
})

test('trials side by side share the energy of the board, and the study has used all of it', async (t) => {
  const daemon = await start(t)
  // A sensor that is read ten times a second.
  const reading = setInterval(
    () =>
      daemon.observe({
        atMs: Date.now(),
        temperaturesC: {},
        powersW: {POM_5V_IN: 6},
        voltagesV: {},
        alarms: [],
      }),
    100,
  )
  t.after(() => clearInterval(reading))
  const change = {command: `${measuring} --slow`, parallel: 2, budget: {trials: 4}}
  const {id} = await submitted(daemon, study('measured', change))
  const {trials, energy, activeMs} = await until(daemon, id, (one) => one.state === 'complete')
  assert.ok(energy)
  assertClose(energy.joules, (6 * energy.measuredMs) / 1000, 1e-9)
  assert.ok(energy.measuredMs <= activeMs + 100 * trials.length)
  const joules = trials.map((trial) => (trial.state === 'complete' ? trial.joules : undefined) ?? 0)
  for (const used of joules) assert.ok(used > 0)
  // Alone, each would have used 6 W all of its time; together they used no more than the board.
  const alone = trials.map((trial) => (trial.state === 'complete' ? 6e-3 * trial.durationMs : 0))
  const total = joules.reduce((sum, one) => sum + one, 0)
  assert.ok(total < 0.9 * alone.reduce((sum, one) => sum + one, 0))
  assertClose(total, energy.joules, 0.05)
})
