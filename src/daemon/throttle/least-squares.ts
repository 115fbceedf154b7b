/** A linear model y = x · theta of which the next observation is never waited for. */
export type LeastSquares = {
  readonly theta: readonly number[]
  /** n × n, row-major: how uncertain theta is, in its own units. */
  readonly covariance: readonly number[]
}

/** Starts from a guess and how far off each of its numbers may be (one standard deviation). */
export const guess = (theta: readonly number[], deviation: readonly number[]): LeastSquares => ({
  theta,
  covariance: theta.flatMap((_, row) =>
    theta.map((_, column) => (row === column ? deviation[row] ** 2 : 0)),
  ),
})

/**
 * Recursive least squares with exponential forgetting (Ljung, System Identification, 2nd ed., eq. 11.12), with a known
 * noise of the observations, in standard deviations. Forgetting stops where nothing new is seen: no uncertainty grows
 * beyond `widest`, or a long steady state would wind it up.
 */
export const observe = (
  {theta, covariance}: LeastSquares,
  x: readonly number[],
  y: number,
  {forgetting, noise, widest}: {forgetting: number; noise: number; widest: readonly number[]},
): LeastSquares => {
  const n = theta.length
  const px = theta.map((_, row) => sum(x, (value, column) => covariance[row * n + column] * value))
  const spread = forgetting * noise ** 2 + sum(x, (value, row) => value * px[row])
  const error = y - sum(x, (value, row) => value * theta[row])
  const next = covariance.map(
    (value, at) => (value - (px[Math.trunc(at / n)] * px[at % n]) / spread) / forgetting,
  )
  const shrink = widest.map((deviation, row) =>
    Math.min(1, deviation / Math.sqrt(Math.max(next[row * n + row], Number.MIN_VALUE))),
  )
  return {
    theta: theta.map((value, row) => value + (px[row] / spread) * error),
    covariance: next.map((value, at) => value * shrink[Math.trunc(at / n)] * shrink[at % n]),
  }
}

const sum = (values: readonly number[], term: (value: number, index: number) => number): number =>
  values.reduce((total, value, index) => total + term(value, index), 0)
