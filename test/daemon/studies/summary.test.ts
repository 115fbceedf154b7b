import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Study, Trial} from '../../../src/daemon/studies/study.ts'
import {
  bestSoFar,
  bestTrial,
  canSuggest,
  countTrials,
  frontOf,
  knowledgeFor,
  progressShare,
} from '../../../src/daemon/studies/summary.ts'
import {
  completeTrial,
  failedTrial,
  prunedTrial,
  runningStudy,
  twoObjectives,
} from '../../fixtures/studies.ts'

const study = {
  ...runningStudy(),
  trials: [completeTrial(0, 0.5), failedTrial(1), completeTrial(2, 0.7), completeTrial(3, 0.7)],
}
const minimizing = {
  ...study,
  settings: {
    ...study.settings,
    objectives: [{metric: 'val_loss', goal: 'minimize'} as const],
  },
}

test('the best trial is the first with the best value, in the direction of the goal', () => {
  assert.equal(bestTrial(study)?.id, 2)
  assert.equal(bestTrial(minimizing)?.id, 0)
  assert.equal(bestTrial(runningStudy()), undefined)
})

test('the best so far never gets worse', () => {
  assert.deepEqual(
    bestSoFar(study).map((one) => one.value),
    [0.5, 0.7, 0.7],
  )
  assert.deepEqual(
    bestSoFar(minimizing).map((one) => one.value),
    [0.5, 0.5, 0.5],
  )
})

test('an optimizer sees losses to make small, and a failure as the worst of all', () => {
  assert.deepEqual(
    knowledgeFor(study, 4).history.map(({trial, losses}) => [trial, ...losses]),
    [
      [0, -0.5],
      [1, Number.POSITIVE_INFINITY],
      [2, -0.7],
      [3, -0.7],
    ],
  )
  assert.deepEqual(knowledgeFor(study, 4).pending, [])
})

test('a pruned trial counts with what it had reached, uses up the budget, and is never the best', () => {
  const pruned = {
    ...runningStudy(),
    trials: [completeTrial(0, 0.5), prunedTrial(1, 0.9)],
  }
  assert.deepEqual(
    knowledgeFor(pruned, 2).history.map(({losses}) => losses),
    [[-0.5], [-0.9]],
  )
  assert.equal(progressShare(pruned), 0.5)
  assert.equal(bestTrial(pruned)?.id, 0)
  assert.deepEqual(
    bestSoFar(pruned).map((one) => one.trial),
    [0],
  )
  assert.ok(canSuggest(pruned, 2))
})

test('with trials side by side a suggestion learns from the same ones, whichever ended first', () => {
  const sideBySide = (...trials: readonly Trial[]): Study => ({
    ...runningStudy({parallel: 2}),
    trials,
  })
  const running = (id: number): Trial => ({
    state: 'running',
    id,
    point: {lr: 0.01},
    params: {lr: 0.01},
    startedAtMs: 1,
    epochs: [],
  })
  const early = sideBySide(completeTrial(0, 0.5), running(1), completeTrial(2, 0.6))
  const late = sideBySide(completeTrial(0, 0.5), completeTrial(1, 0.9), running(2))
  for (const one of [early, late]) {
    assert.ok(canSuggest(one, 3))
    const {history, pending} = knowledgeFor(one, 3)
    assert.deepEqual(
      history.map(({trial}) => trial),
      [0],
    )
    assert.deepEqual(
      pending.map(({trial}) => trial),
      [1, 2],
    )
  }
  assert.ok(!canSuggest(sideBySide(running(0), completeTrial(1, 0.9), completeTrial(2, 0.9)), 3))
})

test('trials are counted by state', () => {
  const counts = {waiting: 0, running: 0, complete: 3, pruned: 0, failed: 1}
  assert.deepEqual(countTrials(study), counts)
})

test('progress is the larger share of trials and hours', () => {
  assert.equal(progressShare(study), 1)
  const byTime = {
    ...study,
    activeMs: 1_800_000,
    settings: {...study.settings, budget: {trials: 40, hours: 1}},
  }
  assert.equal(progressShare(byTime), 0.5)
})

const twofold = {
  ...runningStudy({objectives: twoObjectives}),
  trials: [
    completeTrial(0, 0.7, 300),
    failedTrial(1),
    completeTrial(2, 0.9, 500),
    completeTrial(3, 0.9, 400),
    completeTrial(4, 0.6, 350),
  ],
}

test('with two objectives the best trial is the first of the front, the best in the first of them', () => {
  assert.deepEqual(
    frontOf(twofold).map(({id}) => id),
    [3, 0],
  )
  assert.equal(bestTrial(twofold)?.id, 3)
  assert.deepEqual(
    bestSoFar(twofold).map(({value}) => value),
    [0.7, 0.9, 0.9, 0.9],
  )
})

test('with two objectives an optimizer sees two losses a trial', () => {
  assert.deepEqual(
    knowledgeFor(twofold, 3).history.map(({losses}) => losses),
    [
      [-0.7, 300],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [-0.9, 500],
    ],
  )
})
