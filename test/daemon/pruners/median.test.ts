import assert from 'node:assert/strict'
import {test} from 'node:test'
import {judgeByMedian} from '../../../src/daemon/pruners/median.ts'
import type {Curve, Question, Report} from '../../../src/daemon/pruners/pruner.ts'

const reports = (...values: readonly number[]): readonly Report[] =>
  values.map((value, i) => ({epoch: i + 1, value}))

const curve = (...values: readonly number[]): Curve => ({
  reports: reports(...values),
  isComplete: true,
})

const judge = (
  question: Partial<Question>,
  {startupTrials = 2, warmupEpochs = 1}: {startupTrials?: number; warmupEpochs?: number} = {},
) =>
  judgeByMedian(
    {startupTrials, warmupEpochs},
    {goal: 'maximize', reports: [], earlier: [], ...question},
  )

const isPruned = (...question: Parameters<typeof judge>) => judge(...question).kind === 'prune'

const earlier = [curve(0.1, 0.2, 0.3), curve(0.2, 0.4, 0.6), curve(0.3, 0.6, 0.9)]

test('a trial is stopped when its best value so far is worse than the median at this epoch', () => {
  assert.deepEqual(judge({earlier, reports: reports(0.35, 0.1)}), {
    kind: 'prune',
    judged: 0.35,
    finding: 'at its best is worse than the median of 3 trials at this epoch',
  })
  assert.ok(!isPruned({earlier, reports: reports(0.45, 0.1)}))
  assert.ok(!isPruned({earlier, reports: reports(0.1, 0.4)}))
})

test('of an even number of trials the median is the mean of the two in the middle', () => {
  const four = [...earlier, curve(0.4, 0.8)]
  assert.ok(isPruned({earlier: four, reports: reports(0.1, 0.49)}))
  assert.ok(!isPruned({earlier: four, reports: reports(0.1, 0.5)}))
})

test('to minimize, the best is the smallest', () => {
  const goal = 'minimize'
  assert.ok(isPruned({goal, earlier, reports: reports(0.5, 0.6)}))
  assert.ok(!isPruned({goal, earlier, reports: reports(0.3, 0.6)}))
})

test('the first epochs are warm-up', () => {
  assert.ok(!isPruned({earlier, reports: reports(0)}))
  assert.ok(isPruned({earlier, reports: reports(0)}, {warmupEpochs: 0}))
  assert.ok(!isPruned({earlier, reports: reports(0, 0)}, {warmupEpochs: 2}))
})

test('nobody is judged before enough trials are complete; pruned and failed ones are not asked', () => {
  const stopped = earlier.map((one) => ({...one, isComplete: false}))
  assert.ok(!isPruned({earlier: earlier.slice(0, 1), reports: reports(0, 0)}))
  assert.ok(!isPruned({earlier: stopped, reports: reports(0, 0)}))
  assert.ok(!isPruned({earlier, reports: reports(0, 0)}, {startupTrials: 4}))
})

test('where no trial has a value at this epoch, the trial goes on', () => {
  assert.ok(!isPruned({earlier, reports: reports(0, 0, 0, 0)}))
  assert.ok(!isPruned({earlier, reports: []}))
})
