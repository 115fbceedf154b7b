import {dot} from '../../base/dot.ts'
import type {Rng} from '../../base/random.ts'
import type {Hyperparameters} from '../gaussian-process/hyperparameters.ts'
import type {Posterior} from '../gaussian-process/posterior.ts'
import type {TrainingData} from '../gaussian-process/training-data.ts'

/** How many frequencies a prior function is made of; a multiple of four. */
const waves = 256

/**
 * A function drawn from the posterior, as something that can be evaluated anywhere: a draw from the prior, as a sum of
 * random waves, plus what the data say to its difference. J. T. Wilson et al., "Efficiently Sampling Functions from
 * Gaussian Process Posteriors", ICML 2020, eq. 12 and 14. It costs the same for any number of positions, where an exact
 * draw at thousands of them at once would take a factor of their covariance.
 */
export const drawFunction = (
  {n, x, y, dimensionOf}: TrainingData,
  {mean, noise, outputScale, lengthScales}: Hyperparameters,
  posterior: Posterior,
  rng: Rng,
): ((position: Float64Array) => number) => {
  const features = dimensionOf.length
  const frequencies = new Float64Array(waves * features)
  const cosines = new Float64Array(waves)
  const sines = new Float64Array(waves)
  const amplitude = Math.sqrt(outputScale / waves)
  for (let wave = 0; wave < waves; wave++) {
    // The spectrum of a Matérn-5/2 kernel is Student's t with five degrees of freedom.
    let chiSquare = 0
    for (let k = 0; k < 5; k++) chiSquare += rng.normal() ** 2
    const stretch = Math.sqrt(5 / chiSquare)
    for (let f = 0; f < features; f++) {
      frequencies[wave * features + f] = (stretch * rng.normal()) / lengthScales[dimensionOf[f]]
    }
    cosines[wave] = amplitude * rng.normal()
    sines[wave] = amplitude * rng.normal()
  }
  const waveAt = (wave: number, angle: number): number =>
    cosines[wave] * Math.cos(angle) + sines[wave] * Math.sin(angle)
  const prior = (positions: Float64Array, at: number): number => {
    let sum = 0
    // Four waves at a time, whose angles need not wait for each other.
    for (let wave = 0; wave < waves; wave += 4) {
      const a = wave * features
      const b = a + features
      const c = b + features
      const d = c + features
      let angleA = 0
      let angleB = 0
      let angleC = 0
      let angleD = 0
      for (let f = 0; f < features; f++) {
        const x = positions[at + f]
        angleA += frequencies[a + f] * x
        angleB += frequencies[b + f] * x
        angleC += frequencies[c + f] * x
        angleD += frequencies[d + f] * x
      }
      sum +=
        waveAt(wave, angleA) +
        waveAt(wave + 1, angleB) +
        (waveAt(wave + 2, angleC) + waveAt(wave + 3, angleD))
    }
    return sum
  }
  const pull = Float64Array.from(
    {length: n},
    (_, i) => y[i] - mean - prior(x, i * features) - Math.sqrt(noise) * rng.normal(),
  )
  posterior.solve(pull)
  const kernels = new Float64Array(n)
  return (position) => {
    posterior.kernelsAt(position, kernels)
    return mean + prior(position, 0) + dot(kernels, pull)
  }
}
