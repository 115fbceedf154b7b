import {minimize} from '../../base/minimize.ts'
import type {Hyperparameters} from './hyperparameters.ts'
import {negativeLogLikelihood, workspaceFor} from './likelihood.ts'
import {distancesIn, type TrainingData} from './training-data.ts'

/** A normal distribution of a logarithm, and the bounds of the value itself. */
type Prior = {
  readonly mu: number
  readonly sigma: number
  readonly low: number
  readonly high: number
  /** Where the search begins. */
  readonly start: number
}

const noise: Prior = {mu: -9, sigma: 2, low: 1e-6, high: 0.5, start: 1e-3}
const outputScale: Prior = {mu: 0, sigma: 1, low: 0.05, high: 20, start: 1}

/**
 * The more dimensions, the longer: else distances, which grow with √dimensions, would leave nothing to learn from. C.
 * Hvarfner, E. O. Hellsten and L. Nardi, "Vanilla Bayesian Optimization Performs Great in High Dimensions", ICML 2024,
 * section 4.1; with a mode, not a median, of about √dimensions, as we look for the mode of the logarithm.
 */
const lengthScale = (dimensions: number): Prior => ({
  mu: Math.SQRT2 - 1.5 + 0.5 * Math.log(dimensions),
  sigma: Math.sqrt(3),
  low: 0.02,
  high: 30,
  start: 0.5 * Math.max(1, 0.5 * Math.sqrt(dimensions)),
})

const evaluations = 25
/** In units of the log posterior. */
const precision = 1e-3

/** The most probable hyper-parameters of standardized losses, whose mean is taken to be 0, under the priors above. */
export const fitWithPriors = (data: TrainingData): Hyperparameters => {
  const {n} = data
  const distances = distancesIn(data)
  const workspace = workspaceFor(n)
  const priors = [
    noise,
    outputScale,
    ...new Array<Prior>(distances.dimensions).fill(lengthScale(distances.dimensions)),
  ]
  const at = (logs: Float64Array): Hyperparameters => ({
    mean: 0,
    noise: Math.exp(logs[0]),
    outputScale: Math.exp(logs[1]),
    lengthScales: logs.slice(2).map(Math.exp),
  })
  const logPosterior = (logs: Float64Array) => {
    const values = at(logs)
    const found = negativeLogLikelihood(data, distances, values, workspace)
    if (!found) return undefined
    const {gradient} = found
    const slopes = Float64Array.of(
      gradient.noise * values.noise,
      gradient.outputScale * values.outputScale,
      ...gradient.lengthScales.map((slope, i) => slope * values.lengthScales[i]),
    )
    let value = n * found.value
    priors.forEach(({mu, sigma}, i) => {
      const deviation = (logs[i] - mu) / sigma
      value += 0.5 * deviation * deviation
      slopes[i] = n * slopes[i] + deviation / sigma
    })
    return {value, gradient: slopes}
  }
  const logs = (pick: (prior: Prior) => number) =>
    Float64Array.from(priors, (prior) => Math.log(pick(prior)))
  return at(
    minimize(
      logPosterior,
      logs(({start}) => start),
      {low: logs(({low}) => low), high: logs(({high}) => high)},
      {evaluations, precision},
    ),
  )
}
