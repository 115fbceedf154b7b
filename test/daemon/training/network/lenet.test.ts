import assert from 'node:assert/strict'
import {test} from 'node:test'
import {initialParameters} from '../../../../src/daemon/training/network/initial-parameters.ts'
import {
  type InputShape,
  type LenetVariant,
  lenet,
} from '../../../../src/daemon/training/network/lenet.ts'

const plain: LenetVariant = {width: 1, activation: 'relu', pooling: 'max', dropout: 0}
const rgb: InputShape = {height: 28, width: 28, channels: 3}
// Odd and even sides, so that pooling leaves a row out.
const small: InputShape = {height: 18, width: 17, channels: 2}

test('LeNet-5 has 44,726 parameters for 28 × 28 × 3 pictures of 10 classes, 236 of them biases', () => {
  const network = lenet(rgb, 10, plain)
  assert.equal(network.parameterCount, 44_726)
  assert.equal(network.parameterCount - network.weightCount, 236)
})

test('width multiplies filters and units, and leaves at least one of each', () => {
  const shapes = (width: number) =>
    lenet(small, 3, {...plain, width}).layers.flatMap((layer) =>
      layer.parameters ? [layer.parameters.biases] : [],
    )
  assert.deepEqual(shapes(0.5), [3, 8, 60, 42, 3])
  assert.deepEqual(shapes(0.01), [1, 1, 1, 1, 3])
})

test('the smallest picture is 16 × 16', () => {
  const network = lenet({height: 16, width: 16, channels: 1}, 2, plain)
  assert.deepEqual(network.layers[5].output, [1, 1, 16])
})

test('weights before a ReLU are drawn with variance 2 / fan-in, others within Glorot’s limits; biases are 0', () => {
  const network = lenet(rgb, 10, plain)
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
