import {seededRandom} from '../../base/random.ts'
import {defaultLenetSetting, type LenetSetting} from '../../studies/hyperparameters.ts'
import type {Model, Samples} from '../model.ts'
import type {Architecture} from '../network/architecture.ts'
import {initialParameters} from '../network/initial-parameters.ts'
import {type InputShape, lenet} from '../network/lenet.ts'
import {createWasmModel} from './wasm-model.ts'

type CreateModel = (
  architecture: Architecture,
  setting: LenetSetting,
  start: {readonly initial: Float32Array; readonly seed: number},
) => Model

/**
 * Compares a training step of our own kernels with that of another implementation, for small networks that use all of
 * them. Answers with a sentence on the first network that differs.
 */
export const problemOfWasmStep = (reference: CreateModel): string | undefined => {
  for (const {name, input, change} of variants) {
    const setting = {...defaultLenetSetting, weightDecay: 0.1, lr: 0.01, ...change}
    const difference = largestDifference(
      stepOf(createWasmModel, input, setting),
      stepOf(reference, input, setting),
    )
    // Put this way round, NaN is refused too.
    if (!(difference <= tolerance)) {
      return `Expected a training step of ${name} to agree with the reference, but they differ by ${difference}.`
    }
  }
  return undefined
}

/** The rounding of float32 sums of some hundred products around 1, with room to spare. */
const tolerance = 1e-4

const classCount = 5

const variants: readonly {
  readonly name: string
  readonly input: InputShape
  readonly change: Partial<LenetSetting>
}[] = [
  {
    name: 'relu with max pooling by sgd',
    input: {height: 17, width: 16, channels: 1},
    change: {width: 0.5, momentum: 0.9},
  },
  {
    name: 'tanh with max pooling by rmsprop',
    input: {height: 16, width: 19, channels: 3},
    change: {width: 0.25, activation: 'tanh', optimizer: 'rmsprop', dropout: 0.5},
  },
  {
    name: 'sigmoid with average pooling by adam',
    input: {height: 18, width: 17, channels: 2},
    change: {width: 0.7, activation: 'sigmoid', pooling: 'average', optimizer: 'adam'},
  },
]

/** The parameters after a step, and the loss before it. */
const stepOf = (create: CreateModel, input: InputShape, setting: LenetSetting): Float32Array => {
  const architecture = lenet(input, classCount, setting)
  const initial = initialParameters(architecture, setting.activation, 1)
  const model = create(architecture, setting, {initial, seed: 1})
  try {
    const samples = randomSamples(input, 5)
    const {loss} = model.learn(samples, 1 / 5)
    model.update()
    return Float32Array.of(...model.parameters(), loss)
  } finally {
    model.dispose()
  }
}

const randomSamples = ({height, width, channels}: InputShape, count: number): Samples => {
  const random = seededRandom(1, 'self-test')
  return {
    pixels: Float32Array.from({length: count * height * width * channels}, () => random.normal()),
    labels: Uint8Array.from({length: count}, () => random.integer(0, classCount)),
  }
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0)
    : Number.POSITIVE_INFINITY
