import assert from 'node:assert/strict'
import {test} from 'node:test'
import {estimateStudy} from '../../../src/daemon/studies/estimate.ts'
import type {Study, StudySettings, Trial} from '../../../src/daemon/studies/study.ts'
import {assertClose} from '../../fixtures/assert-close.ts'
import {queuedStudy} from '../../fixtures/studies.ts'

const trainCounts = new Map([['rail-signals', 1000]])

/** Two epochs of 800 samples at `speed`, with a quarter more time for the rest. */
const trial = (id: number, speed: number, width: number, joules?: number): Trial => ({
  state: 'complete',
  id,
  point: {lr: 0.01},
  params: {lr: 0.01, epochs: 2, width},
  startedAtMs: 1_000 * id,
  durationMs: 1.25 * (1000 * (1600 / speed)),
  ...(joules === undefined ? {} : {joules}),
  epochs: [],
  values: [0.5],
  samplesPerSecond: speed,
  backend: 'wasm',
})

const past = (trials: readonly Trial[], change: Partial<StudySettings> = {}): Study => ({
  ...queuedStudy(change),
  trials,
})

/** Four epochs a trial at width 1, for the space of the fixtures leaves both alone. */
const planned = (change: Partial<StudySettings> = {}): StudySettings => {
  const {settings} = queuedStudy({budget: {trials: 10}, ...change})
  const {space} = settings
  return {
    ...settings,
    space: {
      ...space,
      root: {
        kind: 'group',
        entries: [...space.root.entries, ['epochs', {kind: 'constant', value: 4}]],
      },
    },
  }
}

test('time and energy are those of earlier trials by samples', () => {
  const studies = [past([0, 1, 2].map((id) => trial(id, 100, 1, 320)))]
  const estimate = estimateStudy(planned(), {studies, trainCounts})
  assert.deepEqual(estimate.basis, {kind: 'history', trials: 3, isScaled: false})
  // 3,200 samples at 100 a second, a quarter more for the rest; ten of them, and the final training on all pictures.
  assertClose(estimate.durationMs ?? 0, (10 + 1 / 0.8) * 40_000, 2)
  assertClose(estimate.joules ?? 0, (10 + 1 / 0.8) * 640, 1e-6)
  assert.ok((estimate.diskBytes ?? 0) > 10 * 500)
})

test('the speed of the planned width counts, and another width is reckoned over', () => {
  const wide = [0, 1, 2].map((id) => trial(id, 25, 2))
  const same = [3, 4, 5].map((id) => trial(id, 100, 1))
  const both = estimateStudy(planned(), {studies: [past([...wide, ...same])], trainCounts})
  assertClose(both.durationMs ?? 0, 11.25 * 40_000, 2)
  const scaled = estimateStudy(planned(), {studies: [past(wide)], trainCounts})
  assert.equal(scaled.basis.kind === 'history' && scaled.basis.isScaled, true)
  assertClose(scaled.durationMs ?? 0, (11.25 * 160_000) / 2 ** 1.5, 3)
  assert.equal(scaled.joules, undefined)
})

test('only the backend that trained last counts', () => {
  const slow = {...trial(0, 1, 1), backend: 'cpu'} as Trial
  const fast = [1, 2, 3].map((id) => trial(id, 100, 1))
  const {basis} = estimateStudy(planned(), {studies: [past([slow, ...fast])], trainCounts})
  assert.equal(basis.kind === 'history' && basis.trials, 3)
})

test('trials side by side share the time where those before them did so', () => {
  const trials = [0, 1, 2].map((id) => trial(id, 100, 1))
  const one = estimateStudy(planned({parallel: 2}), {studies: [past(trials)], trainCounts})
  const two = estimateStudy(planned({parallel: 2}), {
    studies: [past(trials, {parallel: 2})],
    trainCounts,
  })
  assertClose(two.durationMs ?? 0, (one.durationMs ?? 0) / 2, 2)
})

test('hours end it where they leave room for fewer trials', () => {
  const studies = [past([0, 1, 2].map((id) => trial(id, 100, 1)))]
  const limited = estimateStudy(planned({budget: {trials: 1000, hours: 1}}), {studies, trainCounts})
  assert.equal(limited.trials, 90)
  const open = estimateStudy(planned({budget: {hours: 1}}), {studies, trainCounts})
  assert.equal(open.trials, 90)
})

test('without history the speed test is a guess, and without that nothing is made up', () => {
  const known = {studies: [], trainCounts}
  const guess = estimateStudy(planned(), {...known, testedSamplesPerSecond: 200})
  assert.deepEqual(guess.basis, {kind: 'speed-test', samplesPerSecond: 200})
  assertClose(guess.durationMs ?? 0, 11.25 * 16_000 * 1.2, 2)
  assert.equal(guess.joules, undefined)
  const nothing = estimateStudy(planned(), known)
  assert.equal(nothing.basis.kind, 'nothing')
  assert.deepEqual([nothing.durationMs, nothing.joules, nothing.trials], [undefined, undefined, 10])
  const open = estimateStudy(planned({budget: {hours: 1}}), known)
  assert.deepEqual([open.trials, open.diskBytes], [undefined, undefined])
})

test('a command is judged by the trials of the same command', () => {
  const task = {kind: 'command', command: 'node train.js'} as const
  const studies = [past([trial(0, 100, 1, 50)], {task})]
  const same = estimateStudy(planned({task}), {studies, trainCounts})
  assertClose(same.durationMs ?? 0, 10 * 20_000, 1)
  assertClose(same.joules ?? 0, 500, 1e-9)
  const other = {kind: 'command', command: 'node other.js'} as const
  assert.equal(estimateStudy(planned({task: other}), {studies, trainCounts}).basis.kind, 'nothing')
})
