import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import {seededRandom} from '../../../../src/daemon/base/random.ts'
import {
  defaultLenetSetting,
  type LenetSetting,
} from '../../../../src/daemon/studies/hyperparameters.ts'
import {problemOfModels} from '../../../../src/daemon/training/backends/model-test.ts'
import {registerWasmKernels} from '../../../../src/daemon/training/backends/wasm/kernels.ts'
import {createEagerModel} from '../../../../src/daemon/training/eager/eager-model.ts'
import {
  type CreateModel,
  OutOfMemoryError,
  type Samples,
} from '../../../../src/daemon/training/model.ts'
import {initialParameters} from '../../../../src/daemon/training/network/initial-parameters.ts'
import {type InputShape, lenet} from '../../../../src/daemon/training/network/lenet.ts'
import {
  borrowWorkshop,
  giveWorkshopBack,
} from '../../../../src/daemon/training/wasm-step/kernels.ts'
import {createWasmModel} from '../../../../src/daemon/training/wasm-step/wasm-model.ts'
import {modelContract} from '../../../contracts/model.ts'

registerWasmKernels()
await tf.setBackend('wasm')

modelContract('own kernels', createWasmModel)

const variants: readonly (readonly [string, InputShape, number, Partial<LenetSetting>])[] = [
  ['the smallest picture', {height: 16, width: 16, channels: 1}, 2, {}],
  ['a wide picture', {height: 16, width: 37, channels: 4}, 5, {width: 0.25, pooling: 'average'}],
  ['a high picture', {height: 31, width: 19, channels: 5}, 256, {width: 3, activation: 'sigmoid'}],
  ['one filter', {height: 21, width: 22, channels: 2}, 3, {width: 0.01, activation: 'tanh'}],
  ['many filters', {height: 17, width: 16, channels: 3}, 7, {width: 8, dropout: 0.4}],
  ['odd counts', {height: 25, width: 18, channels: 1}, 11, {width: 1.17, dropout: 0.7}],
]

for (const [name, shape, classCount, change] of variants)
  for (const optimizer of ['sgd', 'adam', 'rmsprop'] as const)
    test(`own kernels: ${name} trains by ${optimizer} as with TensorFlow.js`, () => {
      const setting = {
        ...defaultLenetSetting,
        optimizer,
        lr: 0.001,
        momentum: 0.8,
        weightDecay: 0.01,
        ...change,
      }
      const own = lossesOf(createWasmModel, shape, classCount, setting)
      const expected = lossesOf(createEagerModel, shape, classCount, setting)
      assert.ok(Math.abs(expected[0] - expected.at(-1)!) > 1e-3, 'it learns')
      own.forEach((loss, step) => {
        assert.ok(
          Math.abs(loss - expected[step]) < 2e-4 * expected[step],
          `step ${step}: expected ${expected[step]}, got ${loss}`,
        )
      })
    })

test('own kernels: pass the test that a backend is chosen by, and are found out when they are wrong', async () => {
  assert.equal(await problemOfModels('own kernels', createWasmModel), undefined)
  const broken: CreateModel = (...options) => {
    const model = createWasmModel(...options)
    return {...model, parameters: () => model.parameters().map((value) => value + 0.01)}
  }
  assert.match((await problemOfModels('broken kernels', broken)) ?? '', /differ by 0\.01/)
  await tf.setBackend('wasm')
})

test('own kernels: the first of equal maxima takes the slope, and maxima below 0 are maxima', () => {
  const shape = {height: 16, width: 16, channels: 1}
  const setting = {...defaultLenetSetting, activation: 'tanh', lr: 1} as const
  const architecture = lenet(shape, 3, setting)
  // All windows of an even picture are even.
  const samples = {pixels: new Float32Array(2 * 256).fill(0.5), labels: Uint8Array.of(0, 2)}
  const initial = initialParameters(architecture, 'tanh', 1)
  initial.fill(-1, architecture.weightCount)
  const [own, expected] = [createWasmModel, createEagerModel].map((create) => {
    const model = create(architecture, setting, {initial, seed: 1})
    model.learn(samples, 1)
    model.update()
    const parameters = model.parameters()
    model.dispose()
    return parameters
  })
  assert.ok(own.every((value, i) => Math.abs(value - expected[i]) < 1e-5))
})

test('own kernels: a loss that is no number any more is told', () => {
  const shape = {height: 16, width: 16, channels: 1}
  for (const activation of ['relu', 'tanh', 'sigmoid'] as const) {
    const setting = {...defaultLenetSetting, activation}
    const architecture = lenet(shape, 3, setting)
    const initial = initialParameters(architecture, activation, 1)
    initial.fill(Number.NaN, 0, 25)
    const model = createWasmModel(architecture, setting, {initial, seed: 1})
    assert.ok(Number.isNaN(model.measure(randomSamples(shape, 3, 5, 1)).loss))
    model.dispose()
  }
})

test('own kernels: many short models do not let memory grow', () => {
  const shape = {height: 20, width: 20, channels: 3}
  const setting = {...defaultLenetSetting, momentum: 0.9}
  const architecture = lenet(shape, 4, setting)
  const initial = initialParameters(architecture, 'relu', 1)
  const memoryAfter = (models: number) => {
    for (let i = 0; i < models; i++) {
      const model = createWasmModel(architecture, setting, {initial, seed: 1})
      for (const count of [3, 12, 7]) {
        model.learn(randomSamples(shape, 4, count, i), 1 / count)
        model.update()
      }
      model.dispose()
      // Twice is as good as once.
      model.dispose()
    }
    return memoryOfIdle()
  }
  const first = memoryAfter(1)
  assert.equal(memoryAfter(60), first)
})

test('own kernels: a picture that memory cannot hold is refused as such', () => {
  const shape = {height: 16, width: 8_000_000, channels: 3}
  const setting = {...defaultLenetSetting, width: 0.01}
  const architecture = lenet(shape, 2, setting)
  const initial = new Float32Array(architecture.parameterCount)
  const model = createWasmModel(architecture, setting, {initial, seed: 1})
  const samples = {pixels: new Float32Array(), labels: Uint8Array.of(1)}
  assert.throws(() => model.learn(samples, 1), OutOfMemoryError)
  model.dispose()
})

/** Mean losses of some steps, each in two pieces of different sizes. */
const lossesOf = (
  create: CreateModel,
  shape: InputShape,
  classCount: number,
  setting: LenetSetting,
): readonly number[] => {
  const architecture = lenet(shape, classCount, setting)
  const initial = initialParameters(architecture, setting.activation, 7)
  const model = create(architecture, setting, {initial, seed: 5})
  const losses = [1, 2, 3, 4, 5].map((step) => {
    const pieces = [6, 3].map((count) => randomSamples(shape, classCount, count, step + count))
    const verdicts = pieces.map((piece) => model.learn(piece, 1 / 9))
    model.update()
    return verdicts.reduce((sum, {loss}) => sum + loss, 0) / 9
  })
  model.dispose()
  return losses
}

const randomSamples = (
  {height, width, channels}: InputShape,
  classCount: number,
  count: number,
  seed: number,
): Samples => {
  const random = seededRandom(seed, 'samples')
  return {
    pixels: Float32Array.from({length: count * height * width * channels}, () => random.normal()),
    labels: Uint8Array.from({length: count}, () => random.integer(0, classCount)),
  }
}

const memoryOfIdle = (): number => {
  const workshop = borrowWorkshop()
  const bytes = workshop.memoryBytes()
  giveWorkshopBack(workshop)
  return bytes
}
