import * as tf from '@tensorflow/tfjs-core'
import {defaultLenetSetting, type LenetSetting} from '../../studies/hyperparameters.ts'
import {createEagerModel} from '../eager/eager-model.ts'
import {createGather} from '../loop/batches.ts'
import type {CreateModel} from '../model.ts'
import {type InputShape, lenet} from '../network/lenet.ts'

/**
 * Trains small networks for two steps with `create` and with TensorFlow.js's plain JavaScript, and compares the parameters
 * that they came to. Answers with a sentence on the first that differs.
 */
export const problemOfModels = async (
  name: string,
  create: CreateModel,
): Promise<string | undefined> => {
  await tf.setBackend('cpu')
  for (const setting of settings) {
    const expected = afterTwoSteps(createEagerModel, setting)
    const found = afterTwoSteps(create, setting)
    const difference = found.reduce(
      (largest, value, i) => Math.max(largest, Math.abs(value - expected[i])),
      0,
    )
    // Put this way round, NaN is refused too.
    if (!(difference <= tolerance)) {
      const {optimizer, activation, pooling} = setting
      return `Expected ${optimizer} with ${activation} and ${pooling} pooling in ${name} to agree with plain JavaScript, but they differ by ${difference}.`
    }
  }
  return undefined
}

/** Rounding of float32, for steps of about a hundredth. */
const tolerance = 1e-4

const settings: readonly LenetSetting[] = [
  {...defaultLenetSetting, momentum: 0.9, width: 0.25},
  {...defaultLenetSetting, optimizer: 'adam', activation: 'tanh', pooling: 'average', width: 0.25},
  {
    ...defaultLenetSetting,
    optimizer: 'rmsprop',
    activation: 'sigmoid',
    weightDecay: 0.1,
    dropout: 0.5,
  },
]

const smallest: InputShape = {height: 17, width: 16, channels: 1}
const classCount = 2

const afterTwoSteps = (create: CreateModel, setting: LenetSetting): Float32Array => {
  const architecture = lenet(smallest, classCount, setting)
  const initial = wave(architecture.parameterCount, 0.2)
  const model = create(architecture, setting, {initial, seed: 1})
  for (let step = 0; step < 2; step++) {
    // One way by which pictures come to a model, then the other.
    model.learn(step === 0 ? {pixels, labels} : gather(places), 1 / labels.length)
    model.update()
  }
  const reached = model.parameters()
  model.dispose()
  return reached
}

/** Repeatable signed numbers. */
const wave = (count: number, height: number): Float32Array =>
  Float32Array.from({length: count}, (_, i) => height * Math.sin((i + 1) * 12.9898))

const pixels = wave(3 * 17 * 16, 1)
const labels = Uint8Array.of(0, 1, 1)
const places = Uint32Array.of(2, 0, 1)
const gather = createGather(
  {pixels: Uint8Array.from(pixels, (value) => 128 + 127 * value), labels},
  smallest,
  Float32Array.from({length: 256}, (_, byte) => (byte - 128) / 127),
)
