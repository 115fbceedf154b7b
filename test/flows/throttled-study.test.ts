import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {silentLog} from '../../src/daemon/base/log.ts'
import {openHistory} from '../../src/daemon/history/history.ts'
import type {Row} from '../../src/daemon/history/row.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {startHeatingBoard} from '../fixtures/heating-board.ts'
import {startSimmer} from '../fixtures/simmer.ts'

const skip = process.platform === 'linux' ? false : 'CPU time of a process is read from /proc'

/** One long trial that learns slowly: rounding stays rounding. */
const study = {
  name: 'slow-roast',
  dataset: 'rail-signals',
  space: {
    lr: {loguniform: [0.0015, 0.002]},
    epochs: 16,
    batch: 64,
  },
  optimizer: 'random',
  budget: {trials: 1},
  seed: 3,
}

const runOn = async (
  t: TestContext,
  board: {startC: number; ambientC: number; coolerC?: number},
) => {
  const folder = temporaryFolder(t)
  const home = join(folder, 'home')
  const root = join(folder, 'board')
  const file = join(folder, 'study.json')
  writeFileSync(file, JSON.stringify(study))
  let pid: number | undefined
  const heating = startHeatingBoard(root, {...board, daemon: () => pid})
  t.after(heating.stop)
  const simmer = startSimmer(['run', file, '--json'], {
    env: {SIMMER_HOME: home, SIMMER_SYSFS_ROOT: root, SIMMER_BACKEND: 'wasm'},
  })
  pid = simmer.child.pid
  const cooling =
    board.coolerC === undefined
      ? undefined
      : sleep(10_000, undefined, {ref: false}).then(() => heating.moveTo(board.coolerC ?? 0))
  const {code, stdout, stderr} = await simmer.ended
  assert.equal(code, 0, stderr)
  heating.stop()
  void cooling
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const history = await openHistory({folder: join(home, 'logs', 'telemetry'), log: silentLog})
  const rows: Row[] = []
  for await (const row of history.rows(0, Date.now() + 60_000)) rows.push(row)
  await history.close()
  return {trial: lines[0], rows, peakC: heating.peakC()}
}

const dutiesOf = (rows: readonly Row[]) => rows.flatMap(({measures: {duty}}) => duty ?? [])

test('a real study on a board that heats is slowed down, cools, goes on at full speed, and learns the same', {
  skip,
}, async (t) => {
  const cool = await runOn(t, {startC: 40, ambientC: 20})
  assert.ok(dutiesOf(cool.rows).every((duty) => duty === 1))

  const hot = await runOn(t, {startC: 68, ambientC: 62, coolerC: 15})
  const duties = dutiesOf(hot.rows)
  assert.ok(Math.min(...duties) < 0.8, `it worked ${Math.min(...duties)} of the time at least`)
  assert.equal(duties.at(-1), 1)
  assert.ok(hot.peakC < 71.5, `it came to ${hot.peakC} °C`)
  const reasons = hot.rows.flatMap(({orders}) => orders.map(({reason}) => reason))
  assert.ok(reasons.some((reason) => /^Slower, at work \d+ % of the time.* °C/.test(reason)))

  // Cut otherwise, a batch's gradients are rounded otherwise; epoch by epoch that grows.
  const losses = (trial: {readonly epochs: readonly {readonly train_loss: number}[]}) =>
    trial.epochs.map((epoch) => epoch.train_loss)
  const [expected, found] = [losses(cool.trial), losses(hot.trial)]
  assert.equal(expected.length, 16)
  for (const [i, loss] of found.entries()) {
    assert.ok(
      Math.abs(loss - expected[i]) < 1e-3 * expected[i],
      `epoch ${i}: ${loss}, ${expected[i]}`,
    )
  }
})
