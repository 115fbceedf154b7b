import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  factor,
  factorRow,
  invertFactored,
  solveLower,
  solveUpper,
  triangleSize,
} from '../../../src/daemon/base/cholesky.ts'
import {seededRandom} from '../../../src/daemon/base/random.ts'

const n = 30

/** B·Bᵀ + I for a random B, whole and as a lower triangle. */
const positiveDefinite = () => {
  const rng = seededRandom(1, 'matrix')
  const b = Array.from({length: n}, () => Array.from({length: n}, () => rng.normal()))
  const a = b.map((row, i) =>
    b.map((other, j) => row.reduce((sum, one, k) => sum + one * other[k], i === j ? 1 : 0)),
  )
  return {a, triangle: Float64Array.from(a.flatMap((row, i) => row.slice(0, i + 1)))}
}

test('a factor solves the system that it was made of', () => {
  const {a, triangle} = positiveDefinite()
  assert.ok(factor(triangle, n))
  const x = Float64Array.from({length: n}, (_, i) => i - 3)
  const b = Float64Array.from(a, (row) => row.reduce((sum, one, k) => sum + one * x[k], 0))
  solveLower(triangle, n, b)
  solveUpper(triangle, n, b)
  b.forEach((one, i) => {
    assert.ok(Math.abs(one - x[i]) < 1e-10)
  })
})

test('a factor that grew row by row is bit for bit the one made at once', () => {
  const {triangle} = positiveDefinite()
  const whole = triangle.slice()
  factor(whole, n)
  const grown = new Float64Array(triangle.length)
  for (let i = 0; i < n; i++) {
    grown.set(triangle.subarray(triangleSize(i), triangleSize(i + 1)), triangleSize(i))
    factorRow(grown, i)
  }
  assert.deepEqual(grown, whole)
})

test('a matrix that is not positive definite has no factor', () => {
  assert.equal(factor(Float64Array.of(1, 2, 1), 2), false)
  assert.equal(factor(Float64Array.of(1, 1, 1), 2), false)
  assert.equal(factor(Float64Array.of(Number.NaN), 1), false)
})

test('an inverse times its matrix is the identity', () => {
  const {a, triangle} = positiveDefinite()
  factor(triangle, n)
  const inverse = new Float64Array(triangle.length)
  invertFactored(triangle, n, inverse)
  const at = (i: number, j: number) => inverse[triangleSize(Math.max(i, j)) + Math.min(i, j)]
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const product = a[i].reduce((sum, one, k) => sum + one * at(k, j), 0)
      assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-10)
    }
  }
})
