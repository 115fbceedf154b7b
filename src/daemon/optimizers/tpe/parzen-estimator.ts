/** A mixture of normal distributions, in ascending order of their means. The weights sum to 1. */
export type Mixture = {
  readonly weights: Float64Array
  readonly mus: Float64Array
  readonly sigmas: Float64Array
}

/** What was observed, in ascending order, and which observation each is: 0 is the oldest. */
export type SortedObservations = {readonly values: Float64Array; readonly ages: Uint32Array}

/** How many of the newest observations keep their full weight. */
const remembered = 25

/** The narrowest component has this share of the prior's width, however many observations there are. */
const narrowestShare = 1 / 100

/**
 * The adaptive Parzen estimator of section 4.2 of the paper: one component at the prior and one at each observation, as
 * wide as the larger of the gaps to its neighbors, but never wider than the prior (`adaptive_parzen_normal` of hyperopt
 * 0.3.0).
 */
export const estimateDensity = (
  {values, ages}: SortedObservations,
  prior: {readonly mu: number; readonly sigma: number},
  priorWeight = 1,
): Mixture => {
  const n = values.length
  const weightOf = forgettingWeights(n)
  const mus = new Float64Array(n + 1)
  const weights = new Float64Array(n + 1)
  let priorAt = 0
  while (priorAt < n && values[priorAt] < prior.mu) priorAt++
  mus[priorAt] = prior.mu
  weights[priorAt] = priorWeight
  let total = priorWeight
  for (let i = 0; i < n; i++) {
    const at = i < priorAt ? i : i + 1
    mus[at] = values[i]
    weights[at] = weightOf[ages[i]]
    total += weights[at]
  }

  const narrowest = prior.sigma * Math.max(narrowestShare, 1 / (n + 2))
  const sigmas = new Float64Array(n + 1)
  for (let i = 0; i <= n; i++) {
    weights[i] /= total
    const gapBelow = i > 0 ? mus[i] - mus[i - 1] : 0
    const gapAbove = i < n ? mus[i + 1] - mus[i] : 0
    sigmas[i] = Math.min(prior.sigma, Math.max(narrowest, gapBelow, gapAbove))
  }
  if (n === 1) sigmas.fill(prior.sigma / 2)
  sigmas[priorAt] = prior.sigma
  return {weights, mus, sigmas}
}

/**
 * The weights of n observations, oldest first: full for the newest, falling to 1/n for the oldest
 * (`linear_forgetting_weights` of hyperopt 0.3.0).
 */
export const forgettingWeights = (n: number, full = remembered): Float64Array => {
  if (lastWeights.length === n && lastFull === full) return lastWeights
  const weights = new Float64Array(n).fill(1)
  const ramp = n - full
  for (let i = 0; i < ramp; i++) {
    weights[i] = ramp === 1 ? 1 / n : 1 / n + (i / (ramp - 1)) * (1 - 1 / n)
  }
  lastWeights = weights
  lastFull = full
  return weights
}

/** All parameters that are always active have equally many observations. Saves time and changes nothing else. */
let lastWeights = new Float64Array(0)
let lastFull = remembered
