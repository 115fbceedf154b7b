import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import type {Basis} from './basis.ts'
import type {Interpolant} from './interpolation-system.ts'

/** Candidates with what is known of them: the interpolant there, and how far the nearest trial is. */
export type Prospects = {
  readonly candidates: readonly Coordinates[]
  readonly values: Float64Array
  readonly distances: Float64Array
}

/**
 * Evaluates the interpolant at candidates that share most coordinates with `center`: squared distances change only by the
 * features that differ, which saves most of the work in many dimensions.
 *
 * `x` holds the features of the interpolant's points and after them those of pending ones, which count for distances alone.
 */
export const predictNear = (
  cube: UnitCube,
  center: Coordinates,
  candidates: readonly Coordinates[],
  {weights, tail}: Interpolant,
  {radial}: Basis,
  x: Float64Array,
): Prospects => {
  const {features} = cube
  const n = weights.length
  const count = x.length / features
  const columns = Array.from({length: features}, (_, f) =>
    Float64Array.from({length: count}, (_, i) => x[i * features + f]),
  )
  const home = new Float64Array(features)
  cube.writeFeatures(center, home, 0)
  const fromHome = new Float64Array(count)
  for (let f = 0; f < features; f++) addSquares(fromHome, columns[f], home[f])

  const values = new Float64Array(candidates.length)
  const distances = new Float64Array(candidates.length)
  const position = new Float64Array(features)
  const squares = new Float64Array(count)
  candidates.forEach((candidate, c) => {
    cube.writeFeatures(candidate, position, 0)
    squares.set(fromHome)
    for (let f = 0; f < features; f++) {
      if (position[f] !== home[f]) moveSquares(squares, columns[f], home[f], position[f])
    }
    let value = tail[0]
    for (let t = 1; t < tail.length; t++) value += tail[t] * position[t - 1]
    let nearest = Infinity
    for (let i = 0; i < n; i++) {
      const square = Math.max(0, squares[i])
      value += weights[i] * radial(square)
      if (square < nearest) nearest = square
    }
    for (let i = n; i < count; i++) nearest = Math.min(nearest, Math.max(0, squares[i]))
    values[c] = value
    distances[c] = Math.sqrt(nearest)
  })
  return {candidates, values, distances}
}

const addSquares = (squares: Float64Array, column: Float64Array, at: number): void => {
  for (let i = 0; i < squares.length; i++) squares[i] += (at - column[i]) ** 2
}

/** (to − x)² − (from − x)² = (to − from)·(to + from − 2x). */
const moveSquares = (
  squares: Float64Array,
  column: Float64Array,
  from: number,
  to: number,
): void => {
  const step = to - from
  const middle = to + from
  for (let i = 0; i < squares.length; i++) squares[i] += step * (middle - 2 * column[i])
}
