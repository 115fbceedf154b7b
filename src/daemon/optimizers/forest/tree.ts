/** One regression tree, grown by halving the rows where that lowers the sum of squares the most. */
import {type Split, type Splitting, splitFinder} from './split.ts'

/** A tree in flat arrays, a node an index; the root is 0. */
export type Tree = {
  /** The column that a node splits by; -1 in a leaf. */
  readonly column: Int32Array
  /** Values below it go to the first child; in an unordered column, the options whose bits are set. */
  readonly split: Float64Array
  /** The first child; the second one follows it. */
  readonly child: Int32Array
  /** How many training rows came to a node, the mean of their y, and its variance. */
  readonly count: Int32Array
  readonly mean: Float64Array
  readonly variance: Float64Array
}

/** The share of the root's variance that is nothing but rounding. */
const flat = 1e-12

/** Grows a tree on some of the rows, whose order it changes. */
export const growTree = (rows: Int32Array, splitting: Splitting): Tree => {
  const {y, bins, leafRows} = splitting
  const findSplit = splitFinder(splitting)
  const most = 2 * Math.max(1, Math.floor(rows.length / leafRows)) - 1
  const column = new Int32Array(most).fill(-1)
  const split = new Float64Array(most)
  const child = new Int32Array(most)
  const count = new Int32Array(most)
  const mean = new Float64Array(most)
  const variance = new Float64Array(most)
  /** The rows of a node are those from here on. */
  const start = new Int32Array(most)
  count[0] = rows.length

  let nodes = 1
  for (let node = 0; node < nodes; node++) {
    const mine = rows.subarray(start[node], start[node] + count[node])
    let sum = 0
    let squares = 0
    for (let r = 0; r < mine.length; r++) {
      const value = y[mine[r]]
      sum += value
      squares += value * value
    }
    mean[node] = sum / mine.length
    variance[node] = Math.max(0, squares / mine.length - mean[node] ** 2)
    if (mine.length < 2 * leafRows || variance[node] <= flat * variance[0]) continue
    const found = findSplit(mine, sum)
    if (!found) continue
    column[node] = found.column
    split[node] = found.kind === 'ordered' ? bins.cuts[found.column][found.lastBin] : found.options
    child[node] = nodes
    const firstCount = partition(mine, found, bins.binOf, found.column * y.length)
    start[nodes] = start[node]
    count[nodes] = firstCount
    start[nodes + 1] = start[node] + firstCount
    count[nodes + 1] = mine.length - firstCount
    nodes += 2
  }
  return {
    column: column.slice(0, nodes),
    split: split.slice(0, nodes),
    child: child.slice(0, nodes),
    count: count.slice(0, nodes),
    mean: mean.slice(0, nodes),
    variance: variance.slice(0, nodes),
  }
}

/** Moves the rows of the first child to the front; returns how many they are. */
const partition = (rows: Int32Array, split: Split, binOf: Uint8Array, offset: number): number => {
  let first = 0
  for (let end = rows.length; first < end; ) {
    const row = rows[first]
    const bin = binOf[offset + row]
    const goesFirst =
      split.kind === 'ordered' ? bin <= split.lastBin : ((split.options >> bin) & 1) === 1
    if (goesFirst) first++
    else {
      end--
      rows[first] = rows[end]
      rows[end] = row
    }
  }
  return first
}
