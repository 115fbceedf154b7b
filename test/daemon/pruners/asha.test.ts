import assert from 'node:assert/strict'
import {test} from 'node:test'
import {judgeByAsha} from '../../../src/daemon/pruners/asha.ts'
import type {Curve, Question, Report} from '../../../src/daemon/pruners/pruner.ts'

const settings = {minEpochs: 1, reduction: 3}

/** Values at the epochs 1, 2, 3, … */
const reports = (...values: readonly number[]): readonly Report[] =>
  values.map((value, i) => ({epoch: i + 1, value}))

const curve = (...values: readonly number[]): Curve => ({
  reports: reports(...values),
  isComplete: true,
})

const judge = (question: Partial<Question>, asha = settings) =>
  judgeByAsha(asha, {goal: 'maximize', reports: [], earlier: [], ...question})

const isPruned = (...question: Parameters<typeof judge>) => judge(...question).kind === 'prune'

test('nothing is judged before the first rung, nor between two', () => {
  const earlier = [curve(0.9, 0.9, 0.9, 0.9, 0.9)]
  assert.ok(!isPruned({earlier}))
  assert.ok(!isPruned({earlier, reports: reports(0.1)}, {minEpochs: 2, reduction: 2}))
  assert.ok(isPruned({earlier, reports: reports(0.1, 0.1)}, {minEpochs: 2, reduction: 2}))
  assert.ok(!isPruned({earlier, reports: reports(0.1, 0.1, 0.1)}, {minEpochs: 2, reduction: 2}))
  assert.ok(isPruned({earlier, reports: reports(0.1, 0.1, 0.1, 0.1)}, {minEpochs: 2, reduction: 2}))
})

test('the best third of all that came to a rung goes on, the trial itself included', () => {
  const earlier = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((value) => curve(value))
  // Seven trials at the rung, two places: the best earlier one and whoever is next.
  assert.deepEqual(judge({earlier, reports: reports(0.41)}), {
    kind: 'prune',
    judged: 0.41,
    finding: 'is not among the best third of 7 trials at this rung',
  })
  assert.deepEqual(judge({earlier, reports: reports(0.55)}), {kind: 'go-on'})
  assert.ok(!isPruned({earlier, reports: reports(0.7)}))
})

test('while fewer than η trials have come to a rung, only the best of them goes on', () => {
  assert.ok(!isPruned({reports: reports(0.1)}))
  assert.ok(!isPruned({earlier: [curve(0.4)], reports: reports(0.5)}))
  assert.deepEqual(judge({earlier: [curve(0.4)], reports: reports(0.3)}), {
    kind: 'prune',
    judged: 0.3,
    finding: 'is not the best of 2 trials at this rung',
  })
})

test('a value as good as the last one that goes on goes on too', () => {
  assert.ok(!isPruned({earlier: [curve(0.4), curve(0.2)], reports: reports(0.4)}))
})

test('to minimize, the smallest go on', () => {
  const earlier = [curve(1), curve(2), curve(3)]
  assert.ok(!isPruned({goal: 'minimize', earlier, reports: reports(0.5)}))
  assert.ok(isPruned({goal: 'minimize', earlier, reports: reports(1.5)}))
})

test('a higher rung has only those for rivals that came so far', () => {
  // At epoch 1 there are three trials and one place; at epoch 3 two trials and one place.
  const earlier = [curve(0.1), curve(0.2, 0.2, 0.2)]
  assert.ok(!isPruned({earlier, reports: reports(0.3, 0.1, 0.25)}))
  assert.ok(isPruned({earlier, reports: reports(0.3, 0.1, 0.15)}))
})

test('who reports every fifth epoch comes to several rungs at once, and must pass each', () => {
  const late = (value: number): Curve => ({reports: [{epoch: 5, value}], isComplete: false})
  const own = [{epoch: 5, value: 0.5}]
  assert.ok(!isPruned({earlier: [late(0.4)], reports: own}))
  assert.ok(isPruned({earlier: [late(0.4), curve(0.6)], reports: own}))
  assert.ok(isPruned({earlier: [curve(0.1, 0.1, 0.6)], reports: own}))
})

test('epochs that did not measure the objective are passed over', () => {
  const own = [
    {epoch: 2, value: 0.9},
    {epoch: 4, value: 0.2},
  ]
  const silentAtThree: Curve = {reports: [{epoch: 4, value: 0.3}], isComplete: true}
  assert.ok(isPruned({earlier: [silentAtThree], reports: own}))
  assert.ok(!isPruned({earlier: [{reports: [], isComplete: true}], reports: own}))
})
