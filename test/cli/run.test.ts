import assert from 'node:assert/strict'
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {stringify} from 'yaml'
import {assertClose} from '../fixtures/assert-close.ts'
import {childrenOf} from '../fixtures/children.ts'
import {writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'
import {type Ended, simmer, startSimmer} from '../fixtures/simmer.ts'

const measuring = join(projectRoot(), 'test/fixtures/measuring-program.mjs')

const commandStudy = {
  name: 'closest to three',
  command: `node ${measuring}`,
  space: {x: {uniform: [0, 10]}},
  objective: {metric: 'loss', goal: 'minimize'},
  budget: {trials: 6},
  seed: 3,
}

/** Of the board in `fixtures/jetson-nano.json`. */
const recordedPowerW = 1.75

const modelStudy = {
  name: 'signals',
  dataset: 'rail-signals',
  model: 'lenet5',
  space: {lr: {loguniform: [0.01, 0.1]}, momentum: {uniform: [0.5, 0.9]}, epochs: 1, batch: 64},
  budget: {trials: 4},
  parallel: 2,
  seed: 7,
}

const studyFile = (t: TestContext, study: unknown): string => {
  const file = join(temporaryFolder(t), 'study.yaml')
  writeFileSync(file, typeof study === 'string' ? study : stringify(study))
  return file
}

const linesOf = ({stdout}: Ended): readonly Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const journalOf = (home: string, study: string): string => {
  const folder = join(home, 'studies', study)
  const names = readdirSync(folder).filter((name) => name.startsWith('journal'))
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('')
}

/** What must not differ between two runs of the same study. */
const historyOf = (ended: Ended) =>
  linesOf(ended)
    .filter((line) => line.type === 'trial')
    .map(({id, state, params, value, reason, epochs}) => ({
      id: Number(id),
      state,
      params,
      value,
      reason,
      // `seconds` is the only metric that the clock decides.
      epochs: JSON.parse(JSON.stringify(epochs), (key, inner) => (key === 'seconds' ? 0 : inner)),
    }))
    .sort((a, b) => a.id - b.id)

test('a study runs to its end, with one line a trial and a summary last', async (t) => {
  const home = temporaryFolder(t)
  const ended = await simmer(['run', studyFile(t, commandStudy), '--json'], {
    env: {SIMMER_HOME: home},
  })
  assert.equal(ended.code, 0, ended.stderr)
  const lines = linesOf(ended)
  assert.deepEqual(
    lines.map((line) => line.type),
    [...Array.from({length: 6}, () => 'trial'), 'summary'],
  )
  const [first] = lines
  assert.deepEqual(Object.keys(first ?? {}), [
    'type',
    'id',
    'state',
    'params',
    'value',
    'started_at',
    'duration_ms',
    'samples_per_second',
    'backend',
    'epochs',
  ])
  const summary = lines.at(-1)
  const values = lines.slice(0, -1).map(({value}) => Number(value))
  assert.deepEqual(summary?.best, {
    id: values.indexOf(Math.min(...values)),
    value: Math.min(...values),
    params: lines[values.indexOf(Math.min(...values))]?.params,
  })
  assert.equal(summary?.seed, 3)
})

const twofoldStudy = {
  ...commandStudy,
  name: 'close and quick',
  objective: [
    {metric: 'loss', goal: 'minimize'},
    {metric: 'cost', goal: 'minimize'},
  ],
  budget: {trials: 25},
}

test('a study with two objectives ends with its front', async (t) => {
  const home = temporaryFolder(t)
  const file = studyFile(t, twofoldStudy)
  const ended = await simmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  assert.equal(ended.code, 0, ended.stderr)
  const lines: readonly {readonly id: number; readonly value: number; readonly values: Costs}[] =
    JSON.parse(JSON.stringify(linesOf(ended).slice(0, -1)))
  assert.equal(lines.length, 25)
  const isBeaten = ({values}: {readonly values: Costs}) =>
    lines.some(
      (other) =>
        other.values.loss <= values.loss &&
        other.values.cost <= values.cost &&
        (other.values.loss < values.loss || other.values.cost < values.cost),
    )
  const front = lines.filter((line) => !isBeaten(line)).sort((a, b) => a.value - b.value)
  const summary = linesOf(ended).at(-1)
  assert.ok(front.length > 1)
  assert.deepEqual(
    summary?.front,
    front.map(({id, value, values}) => ({id, value, values, params: paramsOf(ended, id)})),
  )
  assert.deepEqual(summary?.best, JSON.parse(JSON.stringify(summary?.front))[0])
  // The same seed gives the same study again.
  const again = await simmer(['run', file, '--json'], {env: {SIMMER_HOME: temporaryFolder(t)}})
  assert.deepEqual(historyOf(again), historyOf(ended))

  const words = await simmer(['run', file, '--trials', '5'], {env: {SIMMER_HOME: home}})
  assert.match(words.stdout, /Pareto front: .*\n\n {2}trial +loss +cost +setting\n {2}\d/)
  assert.match(words.stderr, /^trial 0: loss [\d.]+, cost [\d.]+ \(/m)
})

type Costs = {readonly loss: number; readonly cost: number}

const paramsOf = (ended: Ended, id: number) => linesOf(ended).find((line) => line.id === id)?.params

test('duration and energy of trials are measured, where the machine has a sensor of its power', async (t) => {
  const root = temporaryFolder(t)
  writeNano(root)
  const measured = {
    ...commandStudy,
    objective: [
      {metric: 'duration_ms', goal: 'minimize'},
      {metric: 'joules', goal: 'minimize'},
    ],
    budget: {trials: 2},
  }
  const ended = await simmer(['run', studyFile(t, measured), '--json'], {
    env: {SIMMER_HOME: temporaryFolder(t), SIMMER_SYSFS_ROOT: root},
  })
  assert.equal(ended.code, 0, ended.stderr)
  // The recorded board draws the same power all the time.
  for (const {duration_ms, values, energy_wh, mean_power_w} of linesOf(ended).slice(0, -1)) {
    const {joules, ...others} = values as {joules: number}
    assert.deepEqual(others, {duration_ms})
    assertClose(joules, (recordedPowerW * Number(duration_ms)) / 1000, 1e-9)
    assertClose(Number(energy_wh), joules / 3600, 1e-9)
    assertClose(Number(mean_power_w), recordedPowerW, 1e-9)
  }
  assert.match(
    await refusal(t, measured, {SIMMER_SYSFS_ROOT: temporaryFolder(t)}),
    /^error: objective\.1\.metric: .*"joules".*no sensor of its power/,
  )
})

test('without --json there is a table and a report', async (t) => {
  const home = temporaryFolder(t)
  const ended = await simmer(['run', studyFile(t, commandStudy), '--trials', '2'], {
    env: {SIMMER_HOME: home},
  })
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /closest to three: 2 trials complete, 0 failed/)
  const report = /^Report: (.*)$/m.exec(ended.stdout)?.[1] ?? ''
  assert.match(readFileSync(report, 'utf8'), /^# closest to three\n/)
  assert.match(ended.stderr, /^trial 0: loss /m)
})

test('a trial that fails is recorded with its reason and the study goes on', async (t) => {
  const study = {...commandStudy, command: `node ${measuring} --fail`, budget: {trials: 8}}
  const ended = await simmer(['run', studyFile(t, study), '--json'], {
    env: {SIMMER_HOME: temporaryFolder(t)},
  })
  assert.equal(ended.code, 0, ended.stderr)
  const failed = linesOf(ended).filter((line) => line.state === 'failed')
  assert.ok(failed.length > 0 && failed.length < 8)
  assert.match(JSON.stringify(failed[0]?.reason), /exit code 3.*x is too large for me/)
})

test('a real training study gives the same suggestions and losses each time, also after kill -9', async (t) => {
  const file = studyFile(t, modelStudy)
  const runOnce = (home: string) => simmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  const unbroken = await runOnce(temporaryFolder(t))
  assert.equal(unbroken.code, 0, unbroken.stderr)
  const summary = linesOf(unbroken).at(-1)
  assert.equal(summary?.backend, 'wasm')
  assert.ok(Number(summary?.test_accuracy) > 0.1)
  assert.ok(Number(summary?.samples_per_second) > 0)
  assert.ok(Array.isArray(summary?.confusion))
  assert.equal(summary.confusion.length, 10)

  const home = temporaryFolder(t)
  const killed = startSimmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  await killed.says('"type":"trial"')
  killed.child.kill('SIGKILL')
  await killed.ended
  const resumed = await runOnce(home)
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.match(resumed.stderr, /Going on with signals-1/)
  assert.deepEqual(historyOf(resumed), historyOf(unbroken))
  assert.deepEqual(linesOf(resumed).at(-1)?.confusion, summary?.confusion)
})

test('a study with a pruner stops the same trials at the same epochs, also after kill -9', async (t) => {
  const study = {
    ...commandStudy,
    command: `node ${measuring} --slow`,
    optimizer: 'tpe',
    budget: {trials: 9},
    parallel: 2,
    pruner: {name: 'asha', reduction: 2},
  }
  const file = studyFile(t, study)
  const runOnce = (home: string) => simmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  const unbroken = await runOnce(temporaryFolder(t))
  assert.equal(unbroken.code, 0, unbroken.stderr)
  const pruned = linesOf(unbroken).filter(({state}) => state === 'pruned')
  assert.ok(pruned.length > 1 && pruned.length < 8)
  assert.match(JSON.stringify(pruned[0]?.reason), /"asha".*Epoch 1: loss .* trials at this rung/)
  assert.deepEqual(linesOf(unbroken).at(-1)?.trial_counts, {
    waiting: 0,
    running: 0,
    complete: 9 - pruned.length,
    pruned: pruned.length,
    failed: 0,
  })

  const home = temporaryFolder(t)
  const killed = startSimmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  await killed.says('"state":"pruned"')
  killed.child.kill('SIGKILL')
  await killed.ended
  const resumed = await runOnce(home)
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.deepEqual(historyOf(resumed), historyOf(unbroken))
})

test('Ctrl-C saves the study, says so and exits with 130; the same command goes on', async (t) => {
  const home = temporaryFolder(t)
  const file = studyFile(t, {...commandStudy, command: `node ${measuring} --slow`})
  const interrupted = startSimmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  await interrupted.says('"type":"trial"')
  interrupted.child.kill('SIGINT')
  const stopped = await interrupted.ended
  assert.equal(stopped.code, 130, stopped.stderr)
  assert.match(stopped.stderr, /closest-to-three-1 is saved\. The same command goes on with it\./)
  const ended = await simmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(historyOf(ended).length, 6)
})

/** Runs a study that must be refused: exit code 2, nothing on stdout, and just this line on stderr. */
const refusal = async (t: TestContext, study: unknown, env: Record<string, string> = {}) => {
  const home = temporaryFolder(t)
  const ended = await simmer(['run', studyFile(t, study), '--json'], {
    env: {SIMMER_HOME: home, ...env},
  })
  assert.equal(ended.code, 2, ended.stderr)
  assert.equal(ended.stdout, '')
  const lines = ended.stderr.trim().split('\n')
  assert.equal(lines.length, 1, ended.stderr)
  return lines[0] ?? ''
}

const withSpace = (space: unknown) => ({...modelStudy, space})

test('an unknown distribution is one clear line', async (t) => {
  assert.match(
    await refusal(t, withSpace({lr: {loguniforn: [0.001, 0.1]}})),
    /^error: .*lr.*loguniforn.*loguniform/,
  )
})

test('a lower bound that is not below the upper is one clear line', async (t) => {
  assert.match(await refusal(t, withSpace({lr: {uniform: [0.1, 0.1]}})), /^error: .*lr.*0\.1/)
})

test('a loguniform that starts at zero is one clear line', async (t) => {
  assert.match(
    await refusal(t, withSpace({lr: {loguniform: [0, 0.1]}})),
    /^error: space\.lr: .*0 < lo < hi, got \[0, 0\.1\]/,
  )
})

test('a data set that does not exist is one clear line', async (t) => {
  assert.match(
    await refusal(t, {...modelStudy, dataset: 'mnist'}),
    /^error: dataset: expected one of .*rail-signals.*, got "mnist"/,
  )
})

test('a study file that is not there, or no YAML, is one clear line', async (t) => {
  const missing = await simmer(['run', 'nowhere.yaml'], {env: {SIMMER_HOME: temporaryFolder(t)}})
  assert.equal(missing.code, 2)
  assert.equal(missing.stderr, 'error: Expected a file at nowhere.yaml, found nothing there.\n')
  assert.match(await refusal(t, 'name: [unclosed'), /^error: Expected YAML in .*study\.yaml/)
})

test('a home that cannot be written is one clear line', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const line = await refusal(t, modelStudy, {SIMMER_HOME: join(folder, 'file', 'home')})
  assert.match(line, /^error: .*SIMMER_HOME/)
})

test('a read-only home is one clear line', {
  skip: process.getuid?.() === 0 && 'root may write everywhere',
}, async (t) => {
  const home = join(temporaryFolder(t), 'home')
  mkdirSync(home)
  chmodSync(home, 0o500)
  assert.match(await refusal(t, modelStudy, {SIMMER_HOME: home}), /^error: .*SIMMER_HOME/)
})

test('a home that another Simmer uses is one clear line, and that one goes on', async (t) => {
  const home = temporaryFolder(t)
  const file = studyFile(t, {...commandStudy, command: `node ${measuring} --slow`})
  const first = startSimmer(['run', file, '--json'], {env: {SIMMER_HOME: home}})
  await first.says('"type":"trial"')
  assert.match(
    await refusal(t, commandStudy, {SIMMER_HOME: home}),
    new RegExp(`${first.child.pid}`),
  )
  assert.equal((await first.ended).code, 0)
})

test('a setting that cannot be used stops the start with the setting, the value and what is allowed', async (t) => {
  assert.equal(
    await refusal(t, modelStudy, {SIMMER_PORT: 'eighty'}),
    'error: SIMMER_PORT: expected a whole number from 1 to 65535, got "eighty".',
  )
})

test('a data set whose download fails pauses the study with the reason and exits with 1', async (t) => {
  const home = temporaryFolder(t)
  const ended = await simmer(
    ['run', studyFile(t, {...modelStudy, dataset: 'fashion-mnist'}), '--json'],
    {env: {SIMMER_HOME: home, SIMMER_DATASET_MIRROR: temporaryFolder(t)}},
  )
  assert.equal(ended.code, 1, ended.stderr)
  assert.match(
    ended.stderr,
    /error: .*train-images-idx3-ubyte\.gz: expected the file there, found none\./,
  )
  assert.ok(existsSync(join(home, 'studies')))
})

test('a trial whose training process is killed runs again, with less on the device at once', async (t) => {
  const study = {...modelStudy, parallel: 1, budget: {trials: 2}}
  const home = temporaryFolder(t)
  const running = startSimmer(['run', studyFile(t, study), '--json'], {env: {SIMMER_HOME: home}})
  await running.says('"id":0')
  // The next trial is recorded right before it runs.
  while (!journalOf(home, 'signals-1').includes('["study","trials",1]')) await sleep(20)
  const trainer = childrenOf(running.child.pid ?? 0).at(-1)
  if (trainer !== undefined) process.kill(trainer, 'SIGKILL')
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.deepEqual(
    linesOf(ended).map((line) => line.state),
    ['complete', 'complete', 'complete'],
  )
  assert.match(
    ended.stderr,
    /trial 1 of signals-1 ran out of memory with 64 samples at once and begins again with 32: The training process was killed/,
  )
})

test('arguments that make no sense exit with 2', async () => {
  for (const args of [
    ['run'],
    ['fly'],
    ['run', 'a.yaml', '--seed', 'x'],
    ['ask-tell', '--space', 'a', '--optimizer', 'magic'],
  ]) {
    const ended = await simmer(args)
    assert.equal(ended.code, 2, args.join(' '))
    assert.equal(ended.stdout, '')
  }
  const help = await simmer(['--help'])
  assert.equal(help.code, 0)
  assert.match(help.stdout, /^Usage: simmer/)
})
