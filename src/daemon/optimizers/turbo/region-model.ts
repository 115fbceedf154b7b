/** What a trust region believes of its losses, and the candidate that a function drawn from it likes best. */
import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import {fitWithinBounds} from '../gaussian-process/bounded-fit.ts'
import {posteriorOf} from '../gaussian-process/posterior.ts'
import {indexOfSmallest, type Observed, observedRows, squaredDistanceOf} from '../observed.ts'
import {boxAround, candidateCount, drawCandidates} from './candidates.ts'
import {drawFunction} from './thompson.ts'
import {sideWeights} from './trust-region.ts'

/** How many points the model of a region has at most. Its cost grows with their cube. */
const mostPointsModeled = (dimensions: number): number => Math.max(60, 5 * dimensions)

/**
 * The trials nearest to the best one, which are all that the model of a region sees. Standardized among themselves, their
 * losses differ where those of a whole run, with the huge ones far away, would all look alike.
 */
export const nearTheBest = (cube: UnitCube, {positions, x, losses}: Observed): Observed => {
  const {features} = cube
  const best = indexOfSmallest(losses)
  const squares = Float64Array.from(losses, (_, i) => squaredDistanceOf(x, i, best, features))
  const rows = Array.from(squares.keys())
    .sort((a, b) => squares[a] - squares[b] || a - b)
    .slice(0, mostPointsModeled(cube.dimensions))
  return observedRows({positions, x, losses}, rows)
}

export type RegionData = Pick<Observed, 'positions' | 'x'> & {
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
  const data = {n: y.length, x, y, dimensionOf: cube.coordinateOf}
  const hyperparameters = fitWithinBounds(data, region.fitSteps)
  const sides = sideWeights(hyperparameters.lengthScales).map((one) => one * region.length)
  const center = positions[indexOfSmallest(y)]
  const candidates = drawCandidates(
    cube,
    center,
    boxAround(center, sides),
    candidateCount(cube.dimensions),
    rng,
  )
  const valueAt = drawFunction(data, hyperparameters, posteriorOf(data, hyperparameters), rng)
  const features = new Float64Array(cube.features)
  const values = Float64Array.from(candidates, (candidate) => {
    cube.writeFeatures(candidate, features, 0)
    return valueAt(features)
  })
  const chosen = indexOfSmallest(values)
  return {position: candidates[chosen], value: values[chosen]}
}
