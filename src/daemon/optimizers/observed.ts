/** A history as models see it: positions in the cube, and a number for every loss. */
import type {Coordinates, UnitCube} from '../space/unit-cube.ts'
import type {Observation} from './optimizer.ts'

export type Observed = {
  readonly positions: readonly Coordinates[]
  /** positions × features, row-major. */
  readonly x: Float64Array
  readonly losses: Float64Array
}

/** A failed trial counts as the worst that did not fail; where all failed, as 0. */
export const observedIn = (cube: UnitCube, trials: readonly Observation[]): Observed => {
  const positions = trials.map(({point}) => cube.encode(point))
  const finite = trials.map(({loss}) => loss).filter(Number.isFinite)
  const worst = finite.reduce((a, b) => Math.max(a, b), finite[0] ?? 0)
  return {
    positions,
    x: featuresOf(cube, positions),
    losses: Float64Array.from(trials, ({loss}) => (Number.isFinite(loss) ? loss : worst)),
  }
}

/** Some of the rows, in the order given. */
export const observedRows = (
  {positions, x, losses}: Observed,
  rows: readonly number[],
): Observed => ({
  positions: rows.map((row) => positions[row]),
  x: matrixRows(x, rows, x.length / Math.max(1, positions.length)),
  losses: Float64Array.from(rows, (row) => losses[row]),
})

/** Some rows of a row-major matrix, in the order given. */
export const matrixRows = (
  x: Float64Array,
  rows: readonly number[],
  columns: number,
): Float64Array => {
  const picked = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => {
    picked.set(x.subarray(row * columns, (row + 1) * columns), i * columns)
  })
  return picked
}

/** positions × features, row-major. */
export const featuresOf = (cube: UnitCube, positions: readonly Coordinates[]): Float64Array => {
  const x = new Float64Array(positions.length * cube.features)
  positions.forEach((position, i) => {
    cube.writeFeatures(position, x, i * cube.features)
  })
  return x
}

/** The squared distance of rows `i` and `j` of `x`. */
export const squaredDistanceOf = (
  x: Float64Array,
  i: number,
  j: number,
  features: number,
): number => {
  let sum = 0
  for (let f = 0; f < features; f++) sum += (x[i * features + f] - x[j * features + f]) ** 2
  return sum
}

/** The index of the smallest number, the first of equals. */
export const indexOfSmallest = (values: ArrayLike<number>): number => {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] < values[best]) best = i
  return best
}
