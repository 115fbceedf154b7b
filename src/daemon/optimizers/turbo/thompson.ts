import type {Rng} from '../../base/random.ts'
import type {Hyperparameters} from '../gaussian-process/hyperparameters.ts'
import type {Posterior} from '../gaussian-process/posterior.ts'
import type {TrainingData} from '../gaussian-process/training-data.ts'

/** How many waves a prior function is made of. */
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
  const phases = new Float64Array(waves)
  const amplitudes = new Float64Array(waves)
  for (let wave = 0; wave < waves; wave++) {
    // The spectrum of a Matérn-5/2 kernel is Student's t with five degrees of freedom.
    let chiSquare = 0
    for (let k = 0; k < 5; k++) chiSquare += rng.normal() ** 2
    const stretch = Math.sqrt(5 / chiSquare)
    for (let f = 0; f < features; f++) {
      frequencies[wave * features + f] = (stretch * rng.normal()) / lengthScales[dimensionOf[f]]
    }
    phases[wave] = 2 * Math.PI * rng.uniform()
    amplitudes[wave] = Math.sqrt((2 * outputScale) / waves) * rng.normal()
  }
  const prior = (positions: Float64Array, at: number): number => {
    let sum = 0
    for (let wave = 0, from = 0; wave < waves; wave++, from += features) {
      let angle = phases[wave]
      for (let f = 0; f < features; f++) angle += frequencies[from + f] * positions[at + f]
      sum += amplitudes[wave] * Math.cos(angle)
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
    let value = mean + prior(position, 0)
    for (let i = 0; i < n; i++) value += kernels[i] * pull[i]
    return value
  }
}
