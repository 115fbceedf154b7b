import {drawIndex, type UnorderedLaw} from '../../space/distribution.ts'
import type {Density} from './density.ts'
import {forgettingWeights} from './parzen-estimator.ts'

/** The probabilities of a choice after `values` (oldest first). */
export const categoricalDensity = (law: UnorderedLaw, values: readonly number[]): Density => {
  const probabilities = posteriorProbabilities(law, values)
  return {
    draw: (rng) => law.first + drawIndex(probabilities, rng),
    logDensity: (value) => Math.log(probabilities[value - law.first]),
  }
}

/**
 * Weighted counts plus the prior, which counts as `priorWeight` observations of each option, shared out by prior
 * probability (`ap_categorical_sampler` and `ap_randint_sampler` of hyperopt 0.3.0).
 */
export const posteriorProbabilities = (
  {first, probabilities}: UnorderedLaw,
  values: readonly number[],
  priorWeight = 1,
): readonly number[] => {
  const counts = probabilities.map((p) => probabilities.length * priorWeight * p)
  const weights = forgettingWeights(values.length)
  values.forEach((value, i) => {
    counts[value - first] += weights[i]
  })
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => count / total)
}
