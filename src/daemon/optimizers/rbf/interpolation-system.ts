/**
 * The linear system of an interpolant, solved in the space of weights that the tail does not see: positive definite there,
 * it has a Cholesky factor that grows by a row with each point. H. Wendland, "Scattered Data Approximation" (2005),
 * section 10.3 (the kernel relative to unisolvent points).
 */
import {factorRow, solveLower, solveUpper, triangleSize} from '../../base/cholesky.ts'
import type {Basis} from './basis.ts'
import {type TailFrame, tailFrame} from './tail-frame.ts'

/** A function through the points: Σ weightᵢ·radial(|x − xᵢ|²) + tail. */
export type Interpolant = {
  readonly weights: Float64Array
  /** The constant, then one a feature where the tail is linear. */
  readonly tail: Float64Array
}

export interface InterpolationSystem {
  readonly n: number
  /** n × features, row-major. */
  readonly x: Float64Array
  /** The interpolant of values at the points. O(n²). */
  readonly interpolate: (values: Float64Array) => Interpolant
}

/** What a system has worked out so far; longer histories add to it. */
type Factored = {
  readonly basis: Basis
  readonly features: number
  readonly eager: number
  /** Points that have been worked in; `x` and the arrays below have room for more. */
  n: number
  x: Float64Array
  frame: TailFrame
  /** The points that are not anchors, in their order. */
  rows: number[]
  /** A row a point: its weights of the anchors, and the radial function between it and each anchor. */
  shares: Float64Array
  radials: Float64Array
  triangle: Float64Array
}

/**
 * Systems that were factored lately. A question about a longer history finds its beginning here and adds rows to it; they
 * are bit for bit those of a system that is made from scratch, so this saves time and changes nothing else.
 */
const recent: Factored[] = []
const mostRecent = 4

/** The system of the n points in `x`. The tail's anchors are chosen among the first `eager` points. */
export const interpolationSystem = (
  x: Float64Array,
  n: number,
  features: number,
  basis: Basis,
  eager: number,
): InterpolationSystem => {
  const frame = tailFrame(x, n, features, basis.tail, eager)
  const kept = recent.findIndex(
    (one) =>
      one.basis === basis &&
      one.features === features &&
      one.eager === eager &&
      isSame(one.frame.anchors, frame.anchors) &&
      startsAlike(one, x, n),
  )
  const [found] = kept < 0 ? [] : recent.splice(kept, 1)
  const system = found ?? emptySystem(basis, features, eager, frame)
  recent.unshift(system)
  if (recent.length > mostRecent) recent.pop()
  grow(system, x, n)
  return {n, x, interpolate: (values) => interpolate(system, n, values)}
}

const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

const startsAlike = (one: Factored, x: Float64Array, n: number): boolean => {
  const shared = Math.min(n, one.n) * one.features
  for (let at = 0; at < shared; at++) if (one.x[at] !== x[at]) return false
  return true
}

const emptySystem = (
  basis: Basis,
  features: number,
  eager: number,
  frame: TailFrame,
): Factored => ({
  basis,
  features,
  eager,
  frame,
  n: 0,
  rows: [],
  x: new Float64Array(0),
  shares: new Float64Array(0),
  radials: new Float64Array(0),
  triangle: new Float64Array(0),
})

const grow = (system: Factored, x: Float64Array, n: number): void => {
  if (n <= system.n) return
  const {features, frame} = system
  const count = frame.anchors.length
  system.x = withRoom(system.x, n * features)
  system.x.set(x.subarray(system.n * features, n * features), system.n * features)
  system.shares = withRoom(system.shares, n * count)
  system.radials = withRoom(system.radials, n * count)
  system.triangle = withRoom(system.triangle, triangleSize(Math.max(0, n - count)))
  const from = system.n
  system.n = n
  for (let i = from; i < n; i++) {
    frame.weightsAt(x, i * features, system.shares, i * count)
    for (let a = 0; a < count; a++) {
      system.radials[i * count + a] = radialBetween(system, i, frame.anchors[a])
    }
  }
  for (let i = from; i < n; i++) if (!frame.anchors.includes(i)) addRow(system, i)
}

/** A row of the matrix, cleared of what the tail sees of it, and factored. */
const addRow = (system: Factored, i: number): void => {
  const {basis, frame, rows, shares, radials, triangle} = system
  const count = frame.anchors.length
  const own = i * count
  const pull = new Float64Array(count)
  for (let a = 0; a < count; a++) {
    const anchor = frame.anchors[a] * count
    let sum = -radials[own + a]
    for (let b = 0; b < count; b++) sum += shares[own + b] * radials[anchor + b]
    pull[a] = sum + basis.ridge * shares[own + a]
  }
  const row = rows.length
  const start = triangleSize(row)
  rows.push(i)
  for (let k = 0; k <= row; k++) {
    const j = rows[k]
    const other = j * count
    let entry = radialBetween(system, i, j)
    for (let a = 0; a < count; a++) {
      entry += shares[other + a] * pull[a] - shares[own + a] * radials[other + a]
    }
    triangle[start + k] = entry
  }
  triangle[start + row] += basis.ridge
  // Where rounding has eaten the pivot the ridge stands in for it: the point repeats others.
  if (!factorRow(triangle, row)) triangle[start + row] = Math.sqrt(Math.abs(basis.ridge))
}

const radialBetween = ({basis, features, x}: Factored, i: number, j: number): number => {
  let sum = 0
  for (let f = 0, a = i * features, b = j * features; f < features; f++, a++, b++) {
    const difference = x[a] - x[b]
    sum += difference * difference
  }
  return basis.radial(sum)
}

const interpolate = (system: Factored, n: number, values: Float64Array): Interpolant => {
  const {basis, frame, shares, radials, triangle} = system
  const {anchors} = frame
  const count = anchors.length
  const rows = system.rows.length > n - count ? system.rows.slice(0, n - count) : system.rows
  const solved = Float64Array.from(rows, (i) => {
    let value = values[i]
    for (let a = 0; a < count; a++) value -= shares[i * count + a] * values[anchors[a]]
    return value
  })
  solveLower(triangle, rows.length, solved)
  solveUpper(triangle, rows.length, solved)

  const weights = new Float64Array(n)
  rows.forEach((i, k) => {
    weights[i] = solved[k]
    for (let a = 0; a < count; a++) weights[anchors[a]] -= shares[i * count + a] * solved[k]
  })
  const anchored = Float64Array.from(anchors, (anchor, a) => {
    let value = values[anchor] - basis.ridge * weights[anchor]
    for (let i = 0; i < n; i++) value -= radials[i * count + a] * weights[i]
    return value
  })
  return {weights, tail: frame.coefficientsFrom(anchored)}
}

const withRoom = (array: Float64Array, size: number): Float64Array => {
  if (array.length >= size) return array
  const larger = new Float64Array(Math.max(size, 2 * array.length))
  larger.set(array)
  return larger
}
