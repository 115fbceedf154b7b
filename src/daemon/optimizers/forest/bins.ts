/** The values of a table put into bins, so that a tree finds its splits by counting and never sorts. */
import type {Column} from './columns.ts'

export type Bins = {
  /** n × d, column by column: the bin of each value. */
  readonly binOf: Uint8Array
  /** For each ordered column, what lies between bin b and bin b + 1. The bins of the others are their options. */
  readonly cuts: readonly Float64Array[]
}

/** The bin of what is not there. */
export const missingBin = 255

/** More find no better splits among some hundred trials, and cost time in every node. Options need at most 16. */
export const mostBins = 32

/** `x` is n × d, row-major; NaN where there is no value. */
export const binned = (x: Float64Array, columns: readonly Column[]): Bins => {
  const d = columns.length
  const n = x.length / d
  const binOf = new Uint8Array(x.length).fill(missingBin)
  const cuts = columns.map(({kind}, j) => {
    const isOrdered = kind === 'ordered'
    const between = isOrdered ? cutsOf(sortedColumn(x, d, j)) : new Float64Array()
    for (let i = 0; i < n; i++) {
      const value = x[i * d + j]
      if (!Number.isNaN(value)) binOf[j * n + i] = isOrdered ? countReached(between, value) : value
    }
    return between
  })
  return {binOf, cuts}
}

const sortedColumn = (x: Float64Array, d: number, j: number): Float64Array => {
  const values = new Float64Array(x.length / d)
  let count = 0
  for (let at = j; at < x.length; at += d) if (!Number.isNaN(x[at])) values[count++] = x[at]
  return values.subarray(0, count).sort()
}

/** Halfway between neighbors; where there are too many of these, the cuts that part the rows evenly. */
const cutsOf = (sorted: Float64Array): Float64Array => {
  const starts: number[] = []
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) starts.push(i)
  const chosen = starts.length < mostBins ? starts : spread(starts, sorted.length)
  return Float64Array.from(chosen, (i) => 0.5 * (sorted[i - 1] + sorted[i]))
}

/** Those of the rising `starts` that are at least an even share of `n` apart. */
const spread = (starts: readonly number[], n: number): readonly number[] => {
  const step = n / mostBins
  let next = step
  return starts.filter((i) => {
    // Half a row of slack, so that rounding never loses a bin.
    if (i < next - 0.5) return false
    next = Math.max(next, i) + step
    return true
  })
}

/** How many of the rising `cuts` a value has reached. */
const countReached = (cuts: Float64Array, value: number): number => {
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (cuts[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}
