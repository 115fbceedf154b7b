import assert from 'node:assert/strict'
import {test} from 'node:test'
import {powerStandardized, standardized} from '../../../src/daemon/optimizers/standardize.ts'

test('losses are standardized, and equal ones are all 0', () => {
  const {y, mean, deviation} = standardized(Float64Array.of(1, 2, 3, 6))
  assert.equal(mean, 3)
  y.forEach((one, i) => {
    assert.ok(Math.abs(one * deviation + mean - [1, 2, 3, 6][i]) < 1e-12)
  })
  assert.deepEqual([...standardized(Float64Array.of(4, 4)).y], [0, 0])
  assert.ok(powerStandardized(Float64Array.of(4, 4, 4)).every((one) => one === 0))
})

test('the power transform keeps the order, and makes huge losses drown the others less', () => {
  const losses = Float64Array.from({length: 40}, (_, i) => Math.exp(i / 4))
  const bent = powerStandardized(losses)
  assert.ok(bent.every((one, i) => i === 0 || one > bent[i - 1]))
  const gapShare = (y: Float64Array) => (y[20] - y[0]) / (y[39] - y[0])
  assert.ok(gapShare(bent) > 5 * gapShare(standardized(losses).y), String(gapShare(bent)))
})
