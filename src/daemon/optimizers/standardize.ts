/** Losses on a common scale, whatever their unit. */
import {normalQuantile} from '../base/statistics.ts'

/** Losses with mean 0 and standard deviation 1 (all 0 where they are equal), and the way back. */
export const standardized = (
  losses: Float64Array,
): {readonly y: Float64Array; readonly mean: number; readonly deviation: number} => {
  const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length
  const variance = losses.reduce((sum, one) => sum + (one - mean) ** 2, 0) / losses.length
  const deviation = variance > 0 ? Math.sqrt(variance) : 1
  return {y: losses.map((one) => (one - mean) / deviation), mean, deviation}
}

/** Exponents that are tried, from `low` in equal steps. */
const exponents = {low: -4, step: 0.1, count: 71}

/**
 * Losses bent by the power transform that makes them most like a normal distribution, then standardized: a few huge ones
 * no longer drown the differences between good ones. I.-K. Yeo and R. A. Johnson, "A New Family of Power Transformations",
 * Biometrika 87 (2000); losses are standardized before as well, as in HEBO (arXiv 2012.03826, section 3.2).
 */
export const powerStandardized = (losses: Float64Array): Float64Array => {
  const {y} = standardized(losses)
  const skew = y.reduce((sum, one) => sum + Math.sign(one) * Math.log1p(Math.abs(one)), 0)
  let best = y
  let smallest = Infinity
  for (let i = 0; i < exponents.count; i++) {
    const lambda = exponents.low + i * exponents.step
    const bent = y.map((one) => yeoJohnson(one, lambda))
    const result = standardized(bent)
    // The negative profile log likelihood of the exponent.
    const value = y.length * Math.log(result.deviation) - (lambda - 1) * skew
    if (value < smallest) {
      best = result.y
      smallest = value
    }
  }
  return best
}

const yeoJohnson = (y: number, lambda: number): number => {
  if (y >= 0) return boxCox(y, lambda)
  return -boxCox(-y, 2 - lambda)
}

const boxCox = (y: number, lambda: number): number =>
  Math.abs(lambda) < 1e-8 ? Math.log1p(y) : ((y + 1) ** lambda - 1) / lambda

/**
 * Each loss as the normal quantile of its rank, which is the same for any monotone scale of losses: rank / (n + 1), where
 * equals take the highest rank among them (`copula_standardize` of the bbo_challenge_starter_kit).
 */
export const copulaStandardized = (losses: Float64Array): Float64Array => {
  const n = losses.length
  const sorted = losses.toSorted()
  return losses.map((loss) => normalQuantile(countUpTo(sorted, loss) / (n + 1)))
}

/** How many of the sorted numbers are not larger than `limit`. */
const countUpTo = (sorted: Float64Array, limit: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] <= limit) low = middle + 1
    else high = middle
  }
  return low
}
