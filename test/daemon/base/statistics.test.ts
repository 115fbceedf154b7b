import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  erf,
  medianOf,
  normalCdf,
  normalQuantile,
  wilsonInterval,
} from '../../../src/daemon/base/statistics.ts'

const assertClose = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

test('erf agrees with the C library to 15 digits, on both sides of 0', () => {
  // Python 3.11.7's math.erf. The formula changes at 0.46875, 4 and 6.
  const known = [
    [1e-300, 1.1283791670955126e-300],
    [1e-8, 1.1283791670955126e-8],
    [0.1, 0.1124629160182849],
    [0.3, 0.3286267594591274],
    [0.46875, 0.49261347321793797],
    [0.469, 0.4928398949625797],
    [0.7, 0.6778011938374184],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3.5, 0.9999992569016276],
    [4, 0.9999999845827421],
    [4.0001, 0.9999999845954353],
    [5, 0.9999999999984626],
    [5.9, 0.9999999999999999],
    [7, 1],
  ] as const
  for (const [x, expected] of known) {
    assertClose(erf(x), expected, 1e-15 * expected)
    assert.equal(erf(-x), -erf(x))
  }
  assert.deepEqual([erf(0), erf(Infinity), erf(-Infinity), erf(Number.NaN)], [0, 1, -1, Number.NaN])
})

test('the normal distribution has its known shares', () => {
  assert.equal(normalCdf(3, 3, 2), 0.5)
  assertClose(normalCdf(5, 3, 2), 0.8413447460685429, 1e-15)
  assertClose(normalCdf(3 - 2 * 1.959963984540054, 3, 2), 0.025, 1e-15)
})

test("Wilson's interval is that of the textbooks", () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I: score method without continuity correction.
  const known = [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const
  for (const [successes, n, low, high] of known) {
    const interval = wilsonInterval(successes, n)
    assertClose(interval[0], low, 5e-5)
    assertClose(interval[1], high, 5e-5)
  }
})

test("Wilson's interval stays within 0 and 1, and knows nothing of nothing", () => {
  assert.deepEqual(wilsonInterval(0, 0), [0, 1])
  assert.equal(wilsonInterval(0, 7)[0], 0)
  assert.equal(wilsonInterval(7, 7)[1], 1)
})

test('normal quantiles are those of the standard library of Python 3.11', () => {
  const quantiles = [
    [1e-12, -7.034483825301132],
    [0.001, -3.090232306167813],
    [0.0749, -1.4402382675279632],
    [0.5, 0],
    [0.9, 1.2815515655446008],
    [0.99999, 4.26489079392384],
  ] as const
  for (const [p, expected] of quantiles) {
    assert.ok(Math.abs(normalQuantile(p) - expected) < 1e-14, `${p}: ${normalQuantile(p)}`)
  }
})

test('the median is the middle one, or the mean of the two in the middle', () => {
  assert.equal(medianOf([9, 1, 5]), 5)
  assert.equal(medianOf([4, 1, 3, 2]), 2.5)
  assert.ok(Number.isNaN(medianOf([])))
})
