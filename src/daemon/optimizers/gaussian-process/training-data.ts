import {triangleSize} from '../../base/cholesky.ts'

/**
 * Positions with what was measured there, as a model sees them. Each feature belongs to a dimension, and all features of
 * a dimension share a length-scale: one for each parameter, however many features it became.
 */
export type TrainingData = {
  readonly n: number
  /** n × features, row-major. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** The dimension of each feature. */
  readonly dimensionOf: readonly number[]
}

/** Data with the squared distance of every pair in every dimension, which no change of length-scales touches. */
export type Distances = {
  readonly dimensions: number
  /** A lower triangle a dimension, one after the other. */
  readonly squares: readonly Float64Array[]
}

export const distancesIn = ({n, x, dimensionOf}: TrainingData): Distances => {
  const features = dimensionOf.length
  const dimensions = Math.max(-1, ...dimensionOf) + 1
  const squares = Array.from({length: dimensions}, () => new Float64Array(triangleSize(n)))
  dimensionOf.forEach((dimension, feature) => {
    const into = squares[dimension]
    for (let i = 0, at = 0; i < n; i++) {
      const xi = x[i * features + feature]
      for (let j = 0; j <= i; j++, at++) {
        const difference = xi - x[j * features + feature]
        into[at] += difference * difference
      }
    }
  })
  return {dimensions, squares}
}
