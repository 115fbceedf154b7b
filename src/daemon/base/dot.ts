/** The inner product of two vectors of the same length. */
export const dot = (a: Float64Array, b: Float64Array): number => dotAt(a, 0, b, 0, a.length)

/** That of `n` entries of `a` and `b` from a place in each on, in four sums that need not wait for each other. */
export const dotAt = (
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  n: number,
): number => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 3 < n; i += 4) {
    s0 += a[atA + i] * b[atB + i]
    s1 += a[atA + i + 1] * b[atB + i + 1]
    s2 += a[atA + i + 2] * b[atB + i + 2]
    s3 += a[atA + i + 3] * b[atB + i + 3]
  }
  for (; i < n; i++) s0 += a[atA + i] * b[atB + i]
  return s0 + s1 + (s2 + s3)
}

/** `into` = Σ weights[k]·vectors[k], four vectors at a time: a third of the memory that one at a time would touch. */
export const weightedSum = (
  vectors: readonly Float64Array[],
  weights: Float64Array,
  into: Float64Array,
): void => {
  into.fill(0)
  let k = 0
  for (; k + 3 < vectors.length; k += 4) {
    const [a, b, c, d] = vectors.slice(k, k + 4)
    const [wa, wb, wc, wd] = weights.subarray(k, k + 4)
    for (let i = 0; i < into.length; i++) {
      into[i] += wa * a[i] + wb * b[i] + (wc * c[i] + wd * d[i])
    }
  }
  for (; k < vectors.length; k++) {
    const vector = vectors[k]
    const weight = weights[k]
    for (let i = 0; i < into.length; i++) into[i] += weight * vector[i]
  }
}
