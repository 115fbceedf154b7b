/** The best way to part the rows of one node in two. */
import type {Rng} from '../../base/random.ts'
import {type Bins, missingBin, mostBins} from './bins.ts'
import type {Column} from './columns.ts'

/** Which rows go to the first child. */
export type Split =
  | {readonly kind: 'ordered'; readonly column: number; readonly lastBin: number}
  /** Those whose option's bit is set. */
  | {readonly kind: 'unordered'; readonly column: number; readonly options: number}

export type Splitting = {
  readonly columns: readonly Column[]
  readonly bins: Bins
  /** n values with a mean near 0, so that sums of their squares lose no digits. */
  readonly y: Float64Array
  /** How many rows each side keeps at least. */
  readonly leafRows: number
  /** How many columns that can be split are looked at. */
  readonly columnsTried: number
  readonly rng: Rng
}

/**
 * Finds splits by the largest drop in the sum of squares: after any bin of an ordered column; between options in the
 * order of their means in an unordered one, where the best of all subsets is found so (L. Breiman and others,
 * "Classification and Regression Trees", 1984, section 8.8). A column where a row of the node has no value is not split
 * there: first come the choices that it hangs on.
 */
export const splitFinder = ({columns, bins, y, leafRows, columnsTried, rng}: Splitting) => {
  const d = columns.length
  const n = y.length
  const {binOf} = bins
  const counts = new Int32Array(missingBin + 1)
  const sums = new Float64Array(missingBin + 1)
  const sequence = new Uint8Array(mostBins + 1)
  const order = Int32Array.from({length: d}, (_, j) => j)
  const inverse = Float64Array.from({length: n + 1}, (_, count) => 1 / count)

  const tally = (rows: Int32Array, column: number): boolean => {
    counts.fill(0, 0, mostBins)
    sums.fill(0, 0, mostBins)
    counts[missingBin] = 0
    const offset = column * n
    for (let r = 0; r < rows.length; r++) {
      const row = rows[r]
      const bin = binOf[offset + row]
      counts[bin]++
      sums[bin] += y[row]
    }
    return counts[missingBin] === 0
  }

  /** Puts the bins that hold rows into `sequence`, in the order in which they may be parted. */
  const arrange = (kind: Column['kind']): number => {
    let length = 0
    for (let bin = 0; bin < mostBins; bin++) {
      // Written always and kept by the length: whether a bin is empty is a guess that processors lose.
      sequence[length] = bin
      length += counts[bin] > 0 ? 1 : 0
    }
    if (kind === 'unordered') {
      sequence.subarray(0, length).sort((a, b) => sums[a] / counts[a] - sums[b] / counts[b])
    }
    return length
  }

  return (rows: Int32Array, sum: number): Split | undefined => {
    const count = rows.length
    const mostFirst = count - leafRows
    let best: Split | undefined
    // What is left of the sum of squares falls by this much less what the whole node has.
    let bestGain = sum * sum * inverse[count] * (1 + 1e-12)
    for (let tried = 0, k = 0; k < d && tried < columnsTried; k++) {
      const column = drawNext(order, k, columnsTried < d ? rng : undefined)
      if (!tally(rows, column)) continue
      const {kind} = columns[column]
      const length = arrange(kind)
      if (length > 1) tried++
      let firstCount = 0
      let firstSum = 0
      let bestEnd = -1
      for (let end = 0; end + 1 < length; end++) {
        firstCount += counts[sequence[end]]
        firstSum += sums[sequence[end]]
        if (firstCount > mostFirst) break
        if (firstCount < leafRows) continue
        const restSum = sum - firstSum
        const gain =
          firstSum * firstSum * inverse[firstCount] +
          restSum * restSum * inverse[count - firstCount]
        if (gain > bestGain) {
          bestGain = gain
          bestEnd = end
        }
      }
      if (bestEnd < 0) continue
      best =
        kind === 'ordered'
          ? {kind, column, lastBin: sequence[bestEnd]}
          : {kind, column, options: bitsOf(sequence.subarray(0, bestEnd + 1))}
    }
    return best
  }
}

/** The next card of a shuffle, one at a time; without chance, the cards in their order. */
const drawNext = (cards: Int32Array, k: number, rng: Rng | undefined): number => {
  if (!rng) return k
  const pick = rng.integer(k, cards.length)
  const card = cards[pick]
  cards[pick] = cards[k]
  cards[k] = card
  return card
}

const bitsOf = (options: Uint8Array): number => options.reduce((bits, one) => bits | (1 << one), 0)
