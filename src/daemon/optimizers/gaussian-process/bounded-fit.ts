import type {Hyperparameters} from './hyperparameters.ts'
import {negativeLogLikelihood, workspaceFor} from './likelihood.ts'
import {distancesIn, type TrainingData} from './training-data.ts'

/** Section 4.2 and the supplement of the TuRBO paper: what hyper-parameters may be, for standardized losses. */
export const bounds = {
  noise: [5e-4, 0.2],
  outputScale: [0.05, 20],
  lengthScale: [0.005, 2],
} as const

const start = {mean: 0, noise: 0.005, outputScale: 1, lengthScale: 0.5}

const stepSize = 0.1
const decay = [0.9, 0.999] as const
const epsilon = 1e-8

/**
 * The hyper-parameters after `steps` steps of Adam (D. P. Kingma and J. Ba, 2015) up the likelihood of the data, on the
 * logits of where each stands between its bounds.
 */
export const fitWithinBounds = (data: TrainingData, steps: number): Hyperparameters => {
  const distances = distancesIn(data)
  const workspace = workspaceFor(data.n)
  const ranges = [
    undefined,
    bounds.noise,
    bounds.outputScale,
    ...Array.from({length: distances.dimensions}, () => bounds.lengthScale),
  ]
  const starts = [
    start.mean,
    start.noise,
    start.outputScale,
    ...new Array(distances.dimensions).fill(start.lengthScale),
  ]
  const raw = Float64Array.from(starts, (value, i) => rawOf(value, ranges[i]))
  const first = new Float64Array(raw.length)
  const second = new Float64Array(raw.length)
  for (let step = 1; step <= steps; step++) {
    const result = negativeLogLikelihood(data, distances, valuesOf(raw, ranges), workspace)
    if (!result) break
    const {mean, noise, outputScale, lengthScales} = result.gradient
    const gradient = [mean, noise, outputScale, ...lengthScales]
    for (let i = 0; i < raw.length; i++) {
      const slope = gradient[i] * slopeOf(raw[i], ranges[i])
      first[i] = decay[0] * first[i] + (1 - decay[0]) * slope
      second[i] = decay[1] * second[i] + (1 - decay[1]) * slope * slope
      const direction = first[i] / (1 - decay[0] ** step)
      const size = Math.sqrt(second[i] / (1 - decay[1] ** step)) + epsilon
      raw[i] -= (stepSize * direction) / size
    }
  }
  return valuesOf(raw, ranges)
}

type Range = readonly [number, number] | undefined

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const rawOf = (value: number, range: Range): number => {
  if (!range) return value
  const share = (value - range[0]) / (range[1] - range[0])
  return Math.log(share / (1 - share))
}

const boundedValue = (raw: number, range: Range): number =>
  range ? range[0] + (range[1] - range[0]) * sigmoid(raw) : raw

const slopeOf = (raw: number, range: Range): number => {
  if (!range) return 1
  const share = sigmoid(raw)
  return (range[1] - range[0]) * share * (1 - share)
}

const valuesOf = (raw: Float64Array, ranges: readonly Range[]): Hyperparameters => {
  const values = raw.map((one, i) => boundedValue(one, ranges[i]))
  return {
    mean: values[0],
    noise: values[1],
    outputScale: values[2],
    lengthScales: values.slice(3),
  }
}
