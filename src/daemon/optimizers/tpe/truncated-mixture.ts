import {normalCdf} from '../../base/statistics.ts'
import {drawIndex, type OrderedLaw, toLatent, toValue} from '../../space/distribution.ts'
import type {Density} from './density.ts'
import {logSumOf} from './normal-sum.ts'
import type {Mixture} from './parzen-estimator.ts'

/**
 * A mixture over the hidden z of an ordered parameter, cut off at its bounds, as a density over its values
 * (`GMM1`, `LGMM1` and their `_lpdf` in hyperopt 0.3.0).
 */
export const mixtureDensity = (law: OrderedLaw, mixture: Mixture): Density => ({
  draw: (rng) => {
    for (;;) {
      const i = drawIndex(mixture.weights, rng)
      const z = mixture.mus[i] + rng.normal() * mixture.sigmas[i]
      if (law.low <= z && z < law.high) return toValue(law, z)
    }
  },
  logDensity:
    law.step === undefined ? logDensityOf(law, mixture) : logMassOf(law, mixture, law.step),
})

/** For values without steps: log Σ wᵢ N(z; μᵢ, σᵢ). */
const logDensityOf = (law: OrderedLaw, mixture: Mixture) => {
  const logSum = logSumOf(mixture)
  // Hyperopt does not make up for the bounds here on the log scale, but does everywhere else. Kept for parity.
  if (law.scale === 'log') {
    return (value: number): number => {
      const z = toLatent(law, value)
      return logSum(z) - z
    }
  }
  const logAccepted = Math.log(massBetween(law.low, law.high, mixture))
  return (value: number): number => logSum(toLatent(law, value)) - logAccepted
}

/** For values on steps: the log of the mass within half a step. */
const logMassOf = (law: OrderedLaw, mixture: Mixture, step: number) => {
  const [lowest, highest] = [law.low, law.high].map((z) => (law.scale === 'log' ? Math.exp(z) : z))
  const logAccepted = Math.log(massBetween(law.low, law.high, mixture))
  return (value: number): number => {
    const from = toLatent(law, Math.max(value - step / 2, lowest))
    const to = toLatent(law, Math.min(value + step / 2, highest))
    return Math.log(massBetween(from, to, mixture)) - logAccepted
  }
}

/** So many standard deviations away a normal distribution is 0 or 1 to the last digit. */
const saturated = 8.5

const massBetween = (from: number, to: number, {weights, mus, sigmas}: Mixture): number => {
  let mass = 0
  for (let i = 0; i < weights.length; i++) {
    const mu = mus[i]
    const sigma = sigmas[i]
    const reach = saturated * sigma
    if (mu + reach < from || mu - reach > to) continue
    const below = mu - reach > from ? 0 : normalCdf(from, mu, sigma)
    const upTo = mu + reach < to ? 1 : normalCdf(to, mu, sigma)
    mass += weights[i] * (upTo - below)
  }
  return mass
}
