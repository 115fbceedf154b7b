import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  bestSoFar,
  bestTrial,
  countTrials,
  observations,
  progressShare,
} from '../../../src/daemon/studies/summary.ts'
import {completeTrial, failedTrial, runningStudy} from '../../fixtures/studies.ts'

const study = {
  ...runningStudy(),
  trials: [completeTrial(0, 0.5), failedTrial(1), completeTrial(2, 0.7), completeTrial(3, 0.7)],
}
const minimizing = {
  ...study,
  settings: {
    ...study.settings,
    objective: {metric: 'val_loss', goal: 'minimize'} as const,
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
    observations(study).map(({trial, loss}) => [trial, loss]),
    [
      [0, -0.5],
      [1, Number.POSITIVE_INFINITY],
      [2, -0.7],
      [3, -0.7],
    ],
  )
})

test('trials are counted by state', () => {
  assert.deepEqual(countTrials(study), {waiting: 0, running: 0, complete: 3, failed: 1})
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
