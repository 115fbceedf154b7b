/** Keeps a study from trying the same point twice, where its space has others left. */
import type {Rng} from '../base/random.ts'
import {drawPrior, lawOf} from '../space/distribution.ts'
import {buildPoint} from '../space/sample.ts'
import type {Point, Space} from '../space/space.ts'
import {unitCube} from '../space/unit-cube.ts'
import {valuesOf} from '../space/values.ts'

/** So often another point is tried; then all of them are, in a space of no more than so many. */
const attempts = 400
const mostEnumerated = 5000

type WithPoint = {readonly point: Point}

/**
 * The point itself if no trial had it; else one that none had and shares most parameters with it, or any. Where none was
 * found, all are likely to be taken: then one that is not `pending` at least, or the point itself.
 */
export const distinctFrom = (
  space: Space,
  point: Point,
  {
    finished,
    pending,
  }: {readonly finished: readonly WithPoint[]; readonly pending: readonly WithPoint[]},
  rng: Rng,
): Point => {
  const isPending = (other: Point) => isAmong(space, other, pending)
  const isTaken = (other: Point) => isPending(other) || isAmong(space, other, finished)
  if (!isTaken(point)) return point
  let fallback = point
  let isFree = !isPending(point)
  for (let attempt = 0; attempt < attempts; attempt++) {
    // At first one parameter in a few is drawn anew, at the end all of them are.
    const share = (attempt + 1) / attempts
    const other = buildPoint(space, ({label, distribution}) => {
      const kept = point[label]
      return kept === undefined || rng.uniform() < share
        ? drawPrior(lawOf(distribution), rng)
        : kept
    })
    if (!isTaken(other)) return other
    if (!isFree && !isPending(other)) {
      fallback = other
      isFree = true
    }
  }
  return pointsOf(space).find((other) => !isTaken(other)) ?? fallback
}

/** All points of a small space; none of a larger one. */
const pointsOf = (space: Space): readonly Point[] => {
  const {levels, decode} = unitCube(space)
  const count = levels.reduce((product, one) => product * one, 1)
  if (count > mostEnumerated) return []
  return Array.from({length: count}, (_, index) => {
    let rest = index
    return decode(
      Float64Array.from(levels, (level) => {
        const digit = rest % level
        rest = Math.floor(rest / level)
        return (digit + 0.5) / level
      }),
    )
  })
}

const isAmong = (space: Space, point: Point, others: readonly WithPoint[]): boolean => {
  const values = valuesOf(space, point)
  return others.some((other) => isSame(values, valuesOf(space, other.point)))
}

/** Inactive parameters are NaN in both. */
const isSame = (a: Float64Array, b: Float64Array): boolean => {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false
  return true
}
