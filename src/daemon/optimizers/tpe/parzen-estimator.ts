/** A mixture of normal distributions, in ascending order of their means. The weights sum to 1. */
export type Mixture = {
  readonly weights: readonly number[]
  readonly mus: readonly number[]
  readonly sigmas: readonly number[]
}

/** How many of the newest observations keep their full weight. */
const remembered = 25

/** The narrowest component has this share of the prior's width, however many observations there are. */
const narrowestShare = 1 / 100

/**
 * The adaptive Parzen estimator of section 4.2 of the paper: one component at the prior and one at each observation
 * (oldest first), as wide as the larger of the gaps to its neighbors, but never wider than the prior
 * (`adaptive_parzen_normal` of hyperopt 0.3.0).
 */
export const estimateDensity = (
  observations: readonly number[],
  prior: {readonly mu: number; readonly sigma: number},
  priorWeight = 1,
): Mixture => {
  const n = observations.length
  const observationWeights = forgettingWeights(n)
  const components = observations
    .map((mu, i) => ({mu, weight: observationWeights[i]}))
    .sort((a, b) => a.mu - b.mu)
  const priorAt = observations.filter((mu) => mu < prior.mu).length
  components.splice(priorAt, 0, {mu: prior.mu, weight: priorWeight})

  const narrowest = prior.sigma * Math.max(narrowestShare, 1 / (n + 2))
  const sigmas = components.map(({mu}, i) => {
    if (i === priorAt) return prior.sigma
    if (n === 1) return prior.sigma / 2
    const gapBelow = i > 0 ? mu - components[i - 1].mu : 0
    const gapAbove = i < n ? components[i + 1].mu - mu : 0
    return Math.min(prior.sigma, Math.max(narrowest, gapBelow, gapAbove))
  })
  const total = components.reduce((sum, {weight}) => sum + weight, 0)
  return {
    weights: components.map(({weight}) => weight / total),
    mus: components.map(({mu}) => mu),
    sigmas,
  }
}

/**
 * The weights of n observations, oldest first: full for the newest, falling to 1/n for the oldest
 * (`linear_forgetting_weights` of hyperopt 0.3.0).
 */
export const forgettingWeights = (n: number, full = remembered): readonly number[] => {
  const ramp = n - full
  return Array.from({length: n}, (_, i) => {
    if (i >= ramp) return 1
    return ramp === 1 ? 1 / n : 1 / n + (i / (ramp - 1)) * (1 - 1 / n)
  })
}
