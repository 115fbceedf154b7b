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
