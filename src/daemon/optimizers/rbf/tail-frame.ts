/**
 * The polynomial tail, told by its values at a few of the points. These anchors span what the tail can tell apart among
 * the points: where a feature never varies, or repeats others as the options of a choice do, it takes fewer of them.
 */
import {dot} from '../../base/dot.ts'
import type {Basis} from './basis.ts'

export type TailFrame = {
  /** The points that span the tail, by index. */
  readonly anchors: readonly number[]
  /** Writes the weights by which the anchors' tails make up that of the position at `offset` of `x`. */
  readonly weightsAt: (x: Float64Array, offset: number, into: Float64Array, at: number) => void
  /** The tail's coefficients (constant first) from its values at the anchors; the smallest where many would do. */
  readonly coefficientsFrom: (values: Float64Array) => Float64Array
}

/** What is left of a term, as a share of 1, below which a point tells the tail nothing new. */
const leastNews = 1e-6

/** The frame of the first `n` rows of `x`. The anchors are chosen among the first `eager` points; later ones add to them. */
export const tailFrame = (
  x: Float64Array,
  n: number,
  features: number,
  tail: Basis['tail'],
  eager: number,
): TailFrame => {
  const terms = tail === 'linear' ? features + 1 : 1
  const termsAt = (from: Float64Array, offset: number) => {
    const values = new Float64Array(terms)
    values[0] = 1
    for (let f = 1; f < terms; f++) values[f] = from[offset + f - 1]
    return values
  }
  const anchors: number[] = []
  /** An orthonormal basis of the anchors' terms, and the anchors in it, as a lower triangle. */
  const directions: Float64Array[] = []
  const triangle: Float64Array[] = []

  const rest = (values: Float64Array): number => {
    for (const direction of directions) {
      const share = dot(values, direction)
      for (let t = 0; t < terms; t++) values[t] -= share * direction[t]
    }
    return Math.sqrt(dot(values, values))
  }
  const add = (point: number) => {
    const values = termsAt(x, point * features)
    const shares = directions.map((direction) => dot(values, direction))
    // Twice: once leaves rounding errors that the next anchors would inherit.
    rest(values)
    const size = rest(values)
    anchors.push(point)
    directions.push(values.map((one) => one / size))
    triangle.push(Float64Array.of(...shares, size))
  }

  const early = Math.min(n, eager)
  const left = Array.from({length: early}, (_, i) => termsAt(x, i * features))
  while (anchors.length < Math.min(terms, early)) {
    let farthest = -1
    let most = leastNews
    for (let i = 0; i < early; i++) {
      const size = Math.sqrt(dot(left[i], left[i]))
      if (size > most) {
        farthest = i
        most = size
      }
    }
    if (farthest < 0) break
    add(farthest)
    const direction = directions[directions.length - 1]
    for (const one of left) {
      const share = dot(one, direction)
      for (let t = 0; t < terms; t++) one[t] -= share * direction[t]
    }
    left[farthest].fill(0)
  }
  for (let i = early; i < n && anchors.length < terms; i++) {
    if (rest(termsAt(x, i * features)) > leastNews) add(i)
  }

  const count = anchors.length
  return {
    anchors,
    weightsAt: (from, offset, into, at) => {
      const values = termsAt(from, offset)
      // The position in the orthonormal basis, then in the anchors: a solve with the transposed triangle.
      for (let a = 0; a < count; a++) into[at + a] = dot(values, directions[a])
      for (let a = count - 1; a >= 0; a--) {
        const weight = into[at + a] / triangle[a][a]
        into[at + a] = weight
        for (let b = 0; b < a; b++) into[at + b] -= weight * triangle[a][b]
      }
    },
    coefficientsFrom: (anchored) => {
      const shares = new Float64Array(count)
      const coefficients = new Float64Array(terms)
      for (let a = 0; a < count; a++) {
        let value = anchored[a]
        for (let b = 0; b < a; b++) value -= triangle[a][b] * shares[b]
        shares[a] = value / triangle[a][a]
        for (let t = 0; t < terms; t++) coefficients[t] += shares[a] * directions[a][t]
      }
      return coefficients
    },
  }
}
