import {normalCdf} from '../../base/statistics.ts'
import {drawIndex, type OrderedLaw, toLatent, toValue} from '../../space/distribution.ts'
import type {Density} from './density.ts'
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
  const {weights, mus, sigmas} = mixture
  const logScales = weights.map((w, i) => Math.log(w / (Math.sqrt(2 * Math.PI) * sigmas[i])))
  const logAccepted = Math.log(massBetween(law.low, law.high, mixture))
  const terms = new Float64Array(mus.length)
  return (value: number): number => {
    const z = toLatent(law, value)
    for (let i = 0; i < terms.length; i++) {
      const distance = (z - mus[i]) / sigmas[i]
      terms[i] = logScales[i] - 0.5 * distance * distance
    }
    // Hyperopt does not make up for the bounds here on the log scale, but does everywhere else. Kept for parity.
    return logSumExp(terms) - (law.scale === 'log' ? z : logAccepted)
  }
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

const massBetween = (from: number, to: number, {weights, mus, sigmas}: Mixture): number => {
  let mass = 0
  for (let i = 0; i < weights.length; i++) {
    mass += weights[i] * (normalCdf(to, mus[i], sigmas[i]) - normalCdf(from, mus[i], sigmas[i]))
  }
  return mass
}

const logSumExp = (terms: Float64Array): number => {
  let largest = -Infinity
  for (const term of terms) largest = Math.max(largest, term)
  let sum = 0
  for (const term of terms) sum += Math.exp(term - largest)
  return Math.log(sum) + largest
}
