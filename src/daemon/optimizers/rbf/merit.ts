/**
 * Picks a candidate that promises a small loss and is far from what has been tried: the smallest of
 * w·ŝ + (1 − w)·(1 − d̂), where predictions s and distances d are rescaled to [0, 1] among the candidates. R. G. Regis and
 * C. A. Shoemaker, INFORMS Journal on Computing 19 (2007), section 3; `weighted_distance_merit` of pySOT 0.3.3.
 *
 * @param nearest a candidate that is not as far from every point tried is out of the question
 * @returns the index of the candidate; the farthest one where all are too near
 */
export const bestByMerit = (
  predictions: Float64Array,
  distances: Float64Array,
  weight: number,
  nearest: number,
): number => {
  const value = unitScale(predictions)
  const distance = unitScale(distances)
  let best = -1
  let smallest = Infinity
  for (let i = 0; i < predictions.length; i++) {
    if (distances[i] < nearest) continue
    const merit = weight * value(predictions[i]) + (1 - weight) * (1 - distance(distances[i]))
    if (merit < smallest) {
      best = i
      smallest = merit
    }
  }
  return best >= 0 ? best : distances.indexOf(distances.reduce((a, b) => Math.max(a, b)))
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
