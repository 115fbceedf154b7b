import assert from 'node:assert/strict'
import {test} from 'node:test'
import {minimize} from '../../../src/daemon/base/minimize.ts'

/** Rosenbrock's banana, with its minimum 0 at (1, 1). */
const banana = (x: Float64Array) => {
  const [a, b] = x
  return {
    value: 100 * (b - a * a) ** 2 + (1 - a) ** 2,
    gradient: Float64Array.of(-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)),
  }
}

const bounds = (low: number, high: number) => ({
  low: Float64Array.of(low, low),
  high: Float64Array.of(high, high),
})

const limits = {evaluations: 200, precision: 1e-14}

test('it follows a curved valley to its minimum', () => {
  const [a, b] = minimize(banana, Float64Array.of(-1.2, 1), bounds(-5, 5), limits)
  assert.ok(Math.abs(a - 1) < 1e-5 && Math.abs(b - 1) < 1e-5, `${a}, ${b}`)
})

test('it stays within its bounds and its budget', () => {
  let count = 0
  const counted = (x: Float64Array) => {
    count++
    assert.ok(x.every((one) => -2 <= one && one <= 0.5))
    return banana(x)
  }
  const start = Float64Array.of(-1.2, 0.5)
  const found = minimize(counted, start, bounds(-2, 0.5), {...limits, evaluations: 12})
  assert.ok(count <= 12)
  assert.ok(banana(found).value < banana(start).value)
})

test('it steps back from where the function has no value', () => {
  const walled = (x: Float64Array) => (x[0] > 0.9 ? undefined : banana(x))
  const found = minimize(walled, Float64Array.of(-1.2, 1), bounds(-5, 5), limits)
  assert.ok(found[0] <= 0.9 && banana(found).value < 0.1)
})
