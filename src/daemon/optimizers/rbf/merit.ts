import type {Coordinates} from '../../space/unit-cube.ts'
import type {Prospects} from './predict-near.ts'

/** A candidate that is nearer to a trial than this would only repeat it. */
const nearestAllowed = 1e-3

/**
 * The candidate that promises a small loss and is far from what has been tried: the smallest w·ŝ + (1 − w)·(1 − d̂), where
 * predictions s and distances d are rescaled to [0, 1] among the candidates; the farthest one where all would repeat a
 * trial. R. G. Regis and C. A. Shoemaker, INFORMS Journal on Computing 19 (2007), section 3; `weighted_distance_merit` of
 * pySOT 0.3.3.
 */
export const bestByMerit = (
  {candidates, values, distances}: Prospects,
  weight: number,
): Coordinates => {
  const value = unitScale(values)
  const distance = unitScale(distances)
  let best = -1
  let smallest = Infinity
  let farthest = 0
  candidates.forEach((_, i) => {
    if (distances[i] > distances[farthest]) farthest = i
    if (distances[i] < nearestAllowed) return
    const merit = weight * value(values[i]) + (1 - weight) * (1 - distance(distances[i]))
    if (merit >= smallest) return
    best = i
    smallest = merit
  })
  return candidates[best >= 0 ? best : farthest]
}

/** Maps the range of `values` to [0, 1]; all to 1 where they are equal. */
export const unitScale = (values: Float64Array): ((value: number) => number) => {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return low < high ? (value) => (value - low) / (high - low) : () => 1
}
