/**
 * Cholesky factors A = L·Lᵀ of symmetric positive definite matrices. Only the lower triangle is kept, row after row:
 * row i starts at i(i+1)/2 and has i+1 entries. Rows are factored in their order, so a factor that grows by a row is bit
 * for bit the one that is made from scratch.
 */

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
    let sum = triangle[row + j]
    for (let k = 0; k < j; k++) sum -= triangle[row + k] * triangle[other + k]
    const entry = sum / triangle[other + j]
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
