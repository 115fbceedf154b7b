/** Where a Gaussian process of all losses expects to improve most on the best of them. */
import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import {posteriorOf} from '../gaussian-process/posterior.ts'
import {fitWithPriors} from '../gaussian-process/prior-fit.ts'
import type {TrainingData} from '../gaussian-process/training-data.ts'
import {matrixRows, type Observed} from '../observed.ts'
import {powerStandardized} from '../standardize.ts'
import {logExpectedImprovement} from './improvement.ts'
import {maximize} from './maximize.ts'

/** A fit costs the cube of the points it uses, and a prediction their square. */
const mostPointsFitted = 100
const mostPointsModeled = 200

/** Around so many of the best trials the search for a suggestion is closer. */
const centers = 3

/** Keeps the logarithm finite at a trial. */
const leastVariance = 1e-12

/** The position that promises most. Pending trials count as if they had turned out as the model expects. */
export const expectedBest = (
  cube: UnitCube,
  {positions, x, losses}: Observed,
  waiting: readonly Coordinates[],
  rng: Rng,
): Coordinates => {
  const y = powerStandardized(losses)
  const ranked = Array.from(y.keys()).sort((a, b) => y[a] - y[b] || a - b)
  const hyperparameters = fitWithPriors(chosen(cube, x, y, ranked, mostPointsFitted))
  const data = chosen(cube, x, y, ranked, mostPointsModeled)
  const believed = withBelieved(cube, data, posteriorOf(data, hyperparameters).mean, waiting)
  const {predict} = posteriorOf(believed, hyperparameters)
  const best = y[ranked[0]]
  const features = new Float64Array(cube.features)
  return maximize(
    cube,
    ranked.slice(0, centers).map((i) => positions[i]),
    (position) => {
      cube.writeFeatures(position, features, 0)
      const {mean, variance} = predict(features)
      return logExpectedImprovement(mean, Math.sqrt(variance + leastVariance), best)
    },
    rng,
  )
}

/** At most `most` of the trials: the better half of them by loss, the others spread evenly over the rest. */
const chosen = (
  cube: UnitCube,
  x: Float64Array,
  y: Float64Array,
  ranked: readonly number[],
  most: number,
): TrainingData => {
  const best = ranked.slice(0, most / 2)
  const rest = ranked.slice(most / 2).sort((a, b) => a - b)
  const stride = Math.max(1, rest.length / (most - best.length))
  const spread = rest.filter((_, i) => Math.floor(i / stride) !== Math.floor((i - 1) / stride))
  const rows = [...best, ...spread].sort((a, b) => a - b)
  return {
    n: rows.length,
    x: matrixRows(x, rows, cube.features),
    y: Float64Array.from(rows, (row) => y[row]),
    dimensionOf: cube.coordinateOf,
  }
}

/** The data with a point at each waiting position, as high as the model expects it there. */
const withBelieved = (
  cube: UnitCube,
  data: TrainingData,
  meanAt: (features: Float64Array) => number,
  waiting: readonly Coordinates[],
): TrainingData => {
  if (waiting.length === 0) return data
  const {features} = cube
  const n = data.n + waiting.length
  const x = new Float64Array(n * features)
  const y = new Float64Array(n)
  x.set(data.x)
  y.set(data.y)
  waiting.forEach((position, i) => {
    const at = (data.n + i) * features
    cube.writeFeatures(position, x, at)
    y[data.n + i] = meanAt(x.subarray(at, at + features))
  })
  return {...data, n, x, y}
}
