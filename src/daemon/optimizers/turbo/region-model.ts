/** What a trust region believes of its losses, and the candidate that a function drawn from it likes best. */
import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import {fitWithinBounds} from '../gaussian-process/bounded-fit.ts'
import {posteriorOf} from '../gaussian-process/posterior.ts'
import {dataOfRows} from '../gaussian-process/training-data.ts'
import {indexOfSmallest, squaredDistanceOf} from '../observed.ts'
import {boxAround, candidateCount, drawCandidates} from './candidates.ts'
import {drawFunction} from './thompson.ts'
import {sideWeights} from './trust-region.ts'

/** A fit and a prediction cost the cube of the points they use: so many of the points nearest to the best one take part. */
const mostPointsFitted = 100
const mostPointsModeled = 250

export type RegionData = {
  readonly positions: readonly Coordinates[]
  /** positions × features, row-major. */
  readonly x: Float64Array
  /** Standardized losses. */
  readonly y: Float64Array
}

/** The most promising candidate in the box around the best position, and the drawn function's value there. */
export const sampleMinimum = (
  cube: UnitCube,
  {positions, x, y}: RegionData,
  region: {readonly length: number; readonly fitSteps: number},
  rng: Rng,
): {readonly position: Coordinates; readonly value: number} => {
  const best = indexOfSmallest(y)
  const nearest = byDistanceTo(x, best, cube.features)
  const modeled = dataOfRows(x, y, nearest.slice(0, mostPointsModeled), cube.coordinateOf)
  const fitted =
    nearest.length <= mostPointsFitted
      ? modeled
      : dataOfRows(x, y, nearest.slice(0, mostPointsFitted), cube.coordinateOf)
  const hyperparameters = fitWithinBounds(fitted, region.fitSteps)
  const sides = sideWeights(hyperparameters.lengthScales).map((one) => one * region.length)
  const candidates = drawCandidates(
    cube,
    positions[best],
    boxAround(positions[best], sides),
    candidateCount(cube.dimensions),
    rng,
  )
  const valueAt = drawFunction(modeled, hyperparameters, posteriorOf(modeled, hyperparameters), rng)
  const features = new Float64Array(cube.features)
  const values = Float64Array.from(candidates, (candidate) => {
    cube.writeFeatures(candidate, features, 0)
    return valueAt(features)
  })
  const chosen = indexOfSmallest(values)
  return {position: candidates[chosen], value: values[chosen]}
}

/** The indices of the rows of `x`, nearest to row `center` first. */
const byDistanceTo = (x: Float64Array, center: number, features: number): readonly number[] => {
  const n = x.length / features
  const squares = Float64Array.from({length: n}, (_, i) =>
    squaredDistanceOf(x, i, center, features),
  )
  return Array.from(squares.keys()).sort((a, b) => squares[a] - squares[b] || a - b)
}
