/**
 * A forest of regression trees over the parameters of a space: a model that needs no scale, no distances and no
 * hyper-parameters of its own. Each tree learns from its own part of the rows (L. Breiman, "Random Forests", Machine
 * Learning 45, 2001; parts in place of bootstraps as in P. Bühlmann and B. Yu, "Analyzing bagging", Annals of Statistics
 * 30, 2002, for they are as good and hold fewer rows).
 */
import type {Rng} from '../../base/random.ts'
import {binned} from './bins.ts'
import type {Column} from './columns.ts'
import {growTree, type Tree} from './tree.ts'

export type Forest = {readonly columns: readonly Column[]; readonly trees: readonly Tree[]}

export type ForestData = {
  readonly columns: readonly Column[]
  /** n × d, row-major, as `columnsOf` writes it. */
  readonly x: Float64Array
  /** n finite numbers, whose squares are finite too. */
  readonly y: Float64Array
}

export type ForestOptions = {
  readonly trees: number
  /** How many rows a leaf holds at least. */
  readonly leafRows: number
  /** How many rows each tree learns from. */
  readonly rowsPerTree: number
  /** How many columns each split chooses from; all of them where there are fewer. */
  readonly columnsTried: number
}

/** Fits a forest; the same data, options and chance give the same one. */
export const fitForest = (
  {columns, x, y}: ForestData,
  {trees, leafRows, rowsPerTree, columnsTried}: ForestOptions,
  rng: Rng,
): Forest => {
  const n = y.length
  const center = y.reduce((sum, value) => sum + value / n, 0)
  const splitting = {
    columns,
    bins: binned(x, columns),
    y: y.map((value) => value - center),
    leafRows,
    columnsTried,
    rng,
  }
  const rows = Int32Array.from({length: n}, (_, i) => i)
  const grow = (): Tree => {
    drawToFront(rows, rowsPerTree, rng)
    const tree = growTree(rows.slice(0, rowsPerTree), splitting)
    return {...tree, mean: tree.mean.map((value) => value + center)}
  }
  return {columns, trees: Array.from({length: trees}, grow)}
}

/** Puts `count` of the items, chosen by chance, in front of the others. */
const drawToFront = (items: Int32Array, count: number, rng: Rng): void => {
  for (let i = 0; i < Math.min(count, items.length); i++) {
    const j = rng.integer(i, items.length)
    const held = items[i]
    items[i] = items[j]
    items[j] = held
  }
}

/**
 * What the trees expect at a row, and the variance of that: between the trees and inside their leaves (F. Hutter and
 * others, "Algorithm runtime prediction: Methods & evaluation", Artificial Intelligence 206, 2014, section 4.3.2).
 */
export const predict = (
  {columns, trees}: Forest,
  row: Float64Array,
): {readonly mean: number; readonly variance: number} => {
  let sum = 0
  let squares = 0
  for (const tree of trees) {
    const leaf = leafAt(tree, columns, row)
    sum += tree.mean[leaf]
    squares += tree.mean[leaf] ** 2 + tree.variance[leaf]
  }
  const mean = sum / trees.length
  return {mean, variance: Math.max(0, squares / trees.length - mean ** 2)}
}

const leafAt = (tree: Tree, columns: readonly Column[], row: Float64Array): number => {
  let node = 0
  for (let column = tree.column[0]; column >= 0; column = tree.column[node]) {
    const first = tree.child[node]
    const value = row[column]
    if (Number.isNaN(value)) {
      // No training row of this node was without this value: follow the more.
      node = tree.count[first] >= tree.count[first + 1] ? first : first + 1
    } else if (columns[column].kind === 'ordered') node = first + (value < tree.split[node] ? 0 : 1)
    else node = first + (((tree.split[node] >> value) & 1) === 1 ? 0 : 1)
  }
  return node
}
