/**
 * How much of a forest's variance each parameter explains: functional ANOVA after F. Hutter, H. Hoos and K. Leyton-Brown,
 * "An Efficient Approach for Assessing Hyperparameter Importance" (ICML 2014). A tree is a step function over boxes, so
 * its marginals and their variances are exact sums over its leaves; no sampling.
 */
import type {Column} from '../optimizers/forest/columns.ts'
import type {Forest} from '../optimizers/forest/forest.ts'
import type {Tree} from '../optimizers/forest/tree.ts'

/** What must hold for a column to count: that the choice in another one took this option. */
export type Requirement = {
  readonly column: number
  readonly option: number
  /** How many options the choice has. */
  readonly options: number
}

export type VarianceShares = {
  /** For each column, the share (0–1) that its main effect has of the variance over the whole space. */
  readonly main: readonly number[]
  /** What no main effect explains: interactions, and what a tree learned of chance. */
  readonly rest: number
}

/**
 * The mean over the trees of each one's shares, as the paper has it; undefined where no tree varies. Points are spread as
 * the prior spreads them.
 *
 * A parameter that hangs on a choice is measured where it exists, and counts by how much of the space that is: its effect
 * is the projection on functions of it that are zero elsewhere. The paper knows no conditions; with an ordinary marginal
 * over the whole space, most of such an effect would be called an interaction with the choice. These projections are
 * orthogonal to each other, as ordinary main effects are, so that all shares still sum to 1 at most.
 */
export const varianceShares = (
  {columns, trees}: Forest,
  requirements: readonly (readonly Requirement[])[],
): VarianceShares | undefined => {
  const main = new Float64Array(columns.length)
  const varying = trees
    .map((tree) => decompose(tree, columns, requirements))
    .filter(({variance}) => variance > 0)
  if (varying.length === 0) return undefined
  for (const {effects, variance} of varying) {
    for (const [column, effect] of effects) main[column] += effect / variance / varying.length
  }
  const rest = 1 - main.reduce((sum, share) => sum + share, 0)
  return {main: [...main], rest: rest > rounding ? rest : 0}
}

/** A rest this small is none. */
const rounding = 1e-9

/** A column cut into the cells in which a tree can not tell points apart. */
type Axis = {
  readonly column: number
  /** How much of the prior is in each cell. */
  readonly widths: Float64Array
  /** Whether a split sends a cell to its first child. */
  readonly goesFirst: (cell: number, split: number) => boolean
  readonly requirements: readonly {readonly axis: number; readonly cells: readonly boolean[]}[]
}

/** The cells of one axis that belong to a box, 1 each, and how wide they are together. */
type Side = {readonly inside: Uint8Array; readonly width: number}

const decompose = (
  tree: Tree,
  columns: readonly Column[],
  requirements: readonly (readonly Requirement[])[],
) => {
  const axes = axesOf(tree, columns, requirements)
  const axisOf = new Map(axes.map(({column}, a) => [column, a]))
  const marginals = axes.map(({widths}) => new Float64Array(widths.length))
  let mean = 0
  let squares = 0

  const addLeaf = (value: number, box: readonly Side[]) => {
    const volume = box.reduce((product, {width}) => product * width, 1)
    if (volume === 0) return
    mean += volume * value
    squares += volume * value * value
    axes.forEach((axis, a) => {
      const {inside, width} = box[a]
      const density = (value * volume * shareWhereItExists(axis, axes, box)) / width
      const marginal = marginals[a]
      for (let cell = 0; cell < inside.length; cell++) marginal[cell] += density * inside[cell]
    })
  }

  const visit = (node: number, box: readonly Side[]) => {
    const column = tree.column[node]
    if (column < 0) {
      addLeaf(tree.mean[node], box)
      return
    }
    const a = axisOf.get(column) as number // there is an axis for each column that the tree splits
    const first = sideOf(
      axes[a],
      (cell) => box[a].inside[cell] === 1 && axes[a].goesFirst(cell, tree.split[node]),
    )
    const second = sideOf(axes[a], (cell) => box[a].inside[cell] > first.inside[cell])
    visit(tree.child[node], box.with(a, first))
    visit(tree.child[node] + 1, box.with(a, second))
  }

  const space = axes.map((axis) => sideOf(axis, () => true))
  visit(0, space)
  const effects = axes.map((axis, a): readonly [column: number, effect: number] => {
    const exists = shareWhereItExists(axis, axes, space)
    return [axis.column, varianceOf(marginals[a], axis.widths) / exists]
  })
  return {variance: squares - mean * mean, effects}
}

const axesOf = (
  tree: Tree,
  columns: readonly Column[],
  requirements: readonly (readonly Requirement[])[],
): readonly Axis[] => {
  const used = [...new Set(tree.column)].filter((column) => column >= 0)
  const asked = used.flatMap((column) => requirements[column])
  const edges = used.map((column) => edgesOf(tree, column, columns[column], asked))
  return used.map((column, a) => {
    const {kind} = columns[column]
    return {
      column,
      widths: Float64Array.from(
        {length: edges[a].length - 1},
        (_, i) => edges[a][i + 1] - edges[a][i],
      ),
      goesFirst: (cell, split) =>
        kind === 'ordered' ? edges[a][cell + 1] <= split : ((split >> cell) & 1) === 1,
      // A choice that the tree never splits is the same everywhere as far as it can tell.
      requirements: requirements[column].flatMap((one) => {
        const axis = used.indexOf(one.column)
        return axis < 0 ? [] : [{axis, cells: cellsOf(one, edges[axis], columns[one.column])}]
      }),
    }
  })
}

/** Where the cells of a column meet, from 0 to 1. */
const edgesOf = (
  tree: Tree,
  column: number,
  described: Column,
  asked: readonly Requirement[],
): readonly number[] => {
  if (described.kind === 'unordered') {
    let sum = 0
    return [0, ...described.shares.map((share) => (sum += share))]
  }
  const cuts = tree.split.filter((_, node) => tree.column[node] === column)
  const options = asked
    .filter((one) => one.column === column)
    .flatMap(({option, options}) => [option / options, (option + 1) / options])
  return [...new Set([0, ...cuts, ...options, 1])].sort((a, b) => a - b)
}

/** Which cells of a choice lie in the option that is required. */
const cellsOf = (
  {option, options}: Requirement,
  edges: readonly number[],
  {kind}: Column,
): readonly boolean[] =>
  edges
    .slice(1)
    .map((edge, cell) =>
      kind === 'unordered'
        ? cell === option
        : edges[cell] >= option / options && edge <= (option + 1) / options,
    )

/** The share of a box in which the parameter of an axis is active. */
const shareWhereItExists = (
  {requirements}: Axis,
  axes: readonly Axis[],
  box: readonly Side[],
): number =>
  requirements.reduce((share, {axis, cells}) => {
    const {inside, width} = box[axis]
    const {widths} = axes[axis]
    let met = 0
    for (let cell = 0; cell < inside.length; cell++)
      if (cells[cell]) met += widths[cell] * inside[cell]
    return (share * met) / width
  }, 1)

const sideOf = ({widths}: Axis, isInside: (cell: number) => boolean): Side => {
  const inside = new Uint8Array(widths.length)
  let width = 0
  for (let cell = 0; cell < inside.length; cell++) {
    if (!isInside(cell)) continue
    inside[cell] = 1
    width += widths[cell]
  }
  return {inside, width}
}

/** The variance of a step function over cells of these widths, which sum to 1. */
const varianceOf = (values: Float64Array, widths: Float64Array): number => {
  const mean = values.reduce((sum, value, cell) => sum + widths[cell] * value, 0)
  return values.reduce((sum, value, cell) => sum + widths[cell] * (value - mean) ** 2, 0)
}
