import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import {seededRandom} from '../../../../src/daemon/base/random.ts'
import {openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {initialParameters} from '../../../../src/daemon/training/network/initial-parameters.ts'
import {
  createLenet,
  type InputShape,
  type LenetVariant,
} from '../../../../src/daemon/training/network/lenet.ts'
import {referenceLoss} from './reference-lenet.ts'

await openBackend('wasm')

const plain: LenetVariant = {width: 1, activation: 'relu', pooling: 'max', dropout: 0}
const rgb: InputShape = {height: 28, width: 28, channels: 3}
// Odd and even sides, so that pooling leaves a row out.
const small: InputShape = {height: 18, width: 17, channels: 2}

test('LeNet-5 has 44,726 parameters for 28 × 28 × 3 pictures of 10 classes, 236 of them biases', () => {
  const network = createLenet(rgb, 10, plain, 1)
  assert.equal(network.parameterCount, 44_726)
  assert.equal(network.parameterCount - network.weightCount, 236)
})

test('width multiplies filters and units, and leaves at least one of each', () => {
  const shapes = (width: number) =>
    createLenet(small, 3, {...plain, width}, 1).layers.flatMap((layer) =>
      layer.kind === 'weighted' ? [layer.biases] : [],
    )
  assert.deepEqual(shapes(0.5), [3, 8, 60, 42, 3])
  assert.deepEqual(shapes(0.01), [1, 1, 1, 1, 3])
})

test('the smallest picture is 16 × 16', () => {
  const network = createLenet({height: 16, width: 16, channels: 1}, 2, plain, 1)
  assert.deepEqual(network.layers[5].output, [1, 1, 16])
})

test('weights before a ReLU are drawn with variance 2 / fan-in, others within Glorot’s limits; biases are 0', () => {
  const network = createLenet(rgb, 10, plain, 1)
  const dense1 = 450 + 2400
  const part = (parameters: Float32Array) => parameters.subarray(dense1, dense1 + 256 * 120)
  const he = part(initialParameters(network, 'relu', 1))
  const variance = he.reduce((sum, value) => sum + value * value, 0) / he.length
  assert.ok(Math.abs(variance / (2 / 256) - 1) < 0.05)
  const glorot = part(initialParameters(network, 'tanh', 1))
  const limit = Math.sqrt(6 / (256 + 120))
  assert.ok(glorot.every((value) => Math.abs(value) <= limit))
  assert.ok(Math.max(...glorot) > 0.99 * limit)
  const biases = initialParameters(network, 'relu', 1).subarray(network.weightCount)
  assert.ok(biases.every((bias) => bias === 0))
})

for (const backend of ['wasm', 'cpu'])
  for (const activation of ['relu', 'tanh', 'sigmoid'] as const)
    for (const pooling of ['max', 'average'] as const)
      test(`the gradient of ${activation} with ${pooling} pooling on ${backend} is the slope of an independent float64 loss`, async () => {
        await tf.setBackend(backend)
        const variant = {...plain, width: 0.5, activation, pooling}
        const network = createLenet(small, 3, variant, 1)
        const parameters = signedParameters(network.parameterCount)
        const pixels = signedPixels(3, small)
        const labels = Uint8Array.of(0, 2, 1)
        const gradients = new Float32Array(network.parameterCount)
        const loaded = network.load(parameters)
        const {loss} = loaded.learn({pixels, labels}, 1 / 3, gradients)
        loaded.dispose()

        const lossAt = (exact: Float64Array) =>
          referenceLoss(exact, pixels, labels, small, 3, variant)
        assert.ok(Math.abs(loss / 3 - lossAt(Float64Array.from(parameters))) < 1e-5)
        for (const index of somePlaces(network.parameterCount, 60)) {
          const slope = slopeAt(Float64Array.from(parameters), index, lossAt)
          const difference = Math.abs(gradients[index] - slope)
          assert.ok(
            difference < 1e-5 + 1e-3 * Math.abs(slope),
            `parameter ${index}: expected ${slope}, got ${gradients[index]}`,
          )
        }
      })

test('gradients of a batch are the sum of those of its parts, and the backend is left as it was', async () => {
  await tf.setBackend('wasm')
  const network = createLenet(small, 3, plain, 1)
  const pixels = signedPixels(5, small)
  const size = pixels.length / 5
  const labels = Uint8Array.of(0, 1, 2, 1, 0)
  const loaded = network.load(signedParameters(network.parameterCount))
  const held = tf.memory().numTensors
  const whole = new Float32Array(network.parameterCount)
  const parts = new Float32Array(network.parameterCount)
  loaded.learn({pixels, labels}, 0.2, whole)
  loaded.learn({pixels, labels: labels.subarray(0, 2)}, 0.2, parts)
  loaded.learn({pixels: pixels.subarray(2 * size), labels: labels.subarray(2)}, 0.2, parts)
  assert.ok(whole.every((value, i) => Math.abs(value - parts[i]) < 1e-5))
  assert.equal(tf.memory().numTensors, held)
  loaded.dispose()
  assert.equal(tf.memory().numTensors, 0)
})

test('dropout drops its share while learning, keeps the expectation, and rests while measuring', async () => {
  await tf.setBackend('wasm')
  const network = createLenet(small, 3, {...plain, dropout: 0.5}, 1)
  const loaded = network.load(signedParameters(network.parameterCount))
  const samples = {pixels: signedPixels(2, small), labels: Uint8Array.of(0, 1)}
  const scratch = new Float32Array(network.parameterCount)
  const learned = [1, 2, 3].map(() => loaded.learn(samples, 1, scratch).loss)
  const measured = [1, 2].map(() => loaded.measure(samples).loss)
  loaded.dispose()
  assert.equal(new Set(learned).size, 3)
  assert.equal(measured[0], measured[1])
})

const signedParameters = (count: number) => {
  const random = seededRandom(3, 'parameters')
  return Float32Array.from({length: count}, () => 0.15 * random.normal())
}

const signedPixels = (count: number, {height, width, channels}: InputShape) => {
  const random = seededRandom(3, 'pixels')
  return Float32Array.from({length: count * height * width * channels}, () => random.normal())
}

const somePlaces = (count: number, howMany: number) => {
  const random = seededRandom(3, 'places')
  const biases = Array.from({length: 20}, (_, i) => count - 1 - i)
  // The first convolution's weights are few: without the second list they would hardly be drawn.
  const early = Array.from({length: 20}, () => random.integer(0, 150))
  return [...biases, ...early, ...Array.from({length: howMany}, () => random.integer(0, count))]
}

const slopeAt = (at: Float64Array, index: number, lossAt: (parameters: Float64Array) => number) => {
  const step = 1e-5
  const middle = at[index]
  at[index] = middle + step
  const above = lossAt(at)
  at[index] = middle - step
  const below = lossAt(at)
  return (above - below) / (2 * step)
}
