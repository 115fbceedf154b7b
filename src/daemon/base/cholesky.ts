/**
 * Cholesky factors A = L·Lᵀ of symmetric positive definite matrices. Only the lower triangle is kept, row after row:
 * row i starts at i(i+1)/2 and has i+1 entries. Rows are factored in their order, so a factor that grows by a row is bit
 * for bit the one that is made from scratch.
 */
import {dotAt} from './dot.ts'

/** How many entries the lower triangle of an n × n matrix has; where row n starts. */
export const triangleSize = (n: number): number => (n * (n + 1)) / 2

/**
 * Turns row `i` of A, in place, into row `i` of L; the rows before it are factored. False where A is not positive
 * definite, to within rounding; the row is useless then.
 */
export const factorRow = (triangle: Float64Array, i: number): boolean => {
  const row = triangleSize(i)
  let rest = triangle[row + i]
  const pivot = rest
  for (let j = 0, other = 0; j < i; other += ++j) {
    const entry =
      (triangle[row + j] - dotAt(triangle, row, triangle, other, j)) / triangle[other + j]
    triangle[row + j] = entry
    rest -= entry * entry
  }
  triangle[row + i] = Math.sqrt(rest)
  return rest > pivot * Number.EPSILON
}

/** Turns the lower triangle of the n × n matrix A, in place, into L. False where A is not positive definite. */
export const factor = (triangle: Float64Array, n: number): boolean => {
  for (let i = 0; i < n; i++) if (!factorRow(triangle, i)) return false
  return true
}

/** Solves L·x = b in place, for the first n entries of b from `offset` on. */
export const solveLower = (l: Float64Array, n: number, b: Float64Array, offset = 0): void => {
  for (let i = 0, row = 0; i < n; row += ++i) {
    let sum = b[offset + i]
    for (let k = 0; k < i; k++) sum -= l[row + k] * b[offset + k]
    b[offset + i] = sum / l[row + i]
  }
}

/** Solves Lᵀ·x = b in place, for the first n entries of b from `offset` on. */
export const solveUpper = (l: Float64Array, n: number, b: Float64Array, offset = 0): void => {
  for (let i = n - 1; i >= 0; i--) {
    const row = triangleSize(i)
    const x = b[offset + i] / l[row + i]
    b[offset + i] = x
    for (let k = 0; k < i; k++) b[offset + k] -= l[row + k] * x
  }
}

/** Writes the lower triangle of A⁻¹ into `into`, from the factor of A. */
export const invertFactored = (l: Float64Array, n: number, into: Float64Array): void => {
  // First L⁻¹, row by row, …
  const inverse = new Float64Array(triangleSize(n))
  for (let i = 0, row = 0; i < n; row += ++i) {
    const pivot = 1 / l[row + i]
    let k = 0
    // Four rows at a time: this is where a fit spends its time, and it halves it.
    for (; k + 3 < i; k += 4) {
      const a = triangleSize(k)
      const b = a + k + 1
      const c = b + k + 2
      const d = c + k + 3
      const wa = l[row + k] * pivot
      const wb = l[row + k + 1] * pivot
      const wc = l[row + k + 2] * pivot
      const wd = l[row + k + 3] * pivot
      for (let j = 0; j <= k; j++) {
        inverse[row + j] -=
          wa * inverse[a + j] + wb * inverse[b + j] + (wc * inverse[c + j] + wd * inverse[d + j])
      }
      inverse[row + k + 1] -=
        wb * inverse[b + k + 1] + wc * inverse[c + k + 1] + wd * inverse[d + k + 1]
      inverse[row + k + 2] -= wc * inverse[c + k + 2] + wd * inverse[d + k + 2]
      inverse[row + k + 3] -= wd * inverse[d + k + 3]
    }
    for (; k < i; k++) {
      const a = triangleSize(k)
      const weight = l[row + k] * pivot
      for (let j = 0; j <= k; j++) inverse[row + j] -= weight * inverse[a + j]
    }
    inverse[row + i] = pivot
  }
  // … then A⁻¹ = L⁻ᵀ·L⁻¹, as sums over its rows.
  for (let i = 0, row = 0; i < n; row += ++i) {
    into.fill(0, row, row + i + 1)
    let k = i
    for (; k + 3 < n; k += 4) {
      const a = triangleSize(k)
      const b = a + k + 1
      const c = b + k + 2
      const d = c + k + 3
      const wa = inverse[a + i]
      const wb = inverse[b + i]
      const wc = inverse[c + i]
      const wd = inverse[d + i]
      for (let j = 0; j <= i; j++) {
        into[row + j] +=
          wa * inverse[a + j] + wb * inverse[b + j] + (wc * inverse[c + j] + wd * inverse[d + j])
      }
    }
    for (; k < n; k++) {
      const a = triangleSize(k)
      const weight = inverse[a + i]
      for (let j = 0; j <= i; j++) into[row + j] += weight * inverse[a + j]
    }
  }
}
