/**
 * The operations of TensorFlow.js that a LeNet is made of, forwards and backwards, each one kernel. Calling kernels by
 * name, without the tape of automatic gradients, lets the same network run on every backend that has them.
 */
import '@tensorflow/tfjs-backend-cpu'
import {BackendWasm} from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import {OutOfMemoryError} from '../model.ts'
import type {ActivationName, PoolingName, Shape} from '../network/architecture.ts'

export type Tensor = tf.Tensor

export const tensorOf = (values: Float32Array, shape: Shape): Tensor =>
  checked(tf.tensor(values, [...shape]))

export const reshape = (x: Tensor, shape: Shape): Tensor => run('Reshape', {x}, {shape: [...shape]})

/** x: n × height × width × channels; filter: height × width × channels × filters; stride 1, no padding. */
export const convolve = (x: Tensor, filter: Tensor, bias: Tensor): Tensor =>
  run('FusedConv2D', {x, filter, bias}, {...plainConvolution, activation: 'linear'})

export const convolutionFilterGradient = (x: Tensor, dy: Tensor, filterShape: Shape): Tensor =>
  run('Conv2DBackpropFilter', {x, dy}, {...plainConvolution, filterShape: [...filterShape]})

export const convolutionInputGradient = (dy: Tensor, filter: Tensor, inputShape: Shape): Tensor =>
  run('Conv2DBackpropInput', {dy, filter}, {...plainConvolution, inputShape: [...inputShape]})

const plainConvolution = {strides: [1, 1], pad: 'valid', dataFormat: 'NHWC', dilations: [1, 1]}

/** Halves height and width: windows of 2 × 2 side by side; an odd last row or column is left out. */
export const pool = (name: PoolingName, x: Tensor): Tensor =>
  run(name === 'max' ? 'MaxPool' : 'AvgPool', {x}, halving)

export const poolGradient = (name: PoolingName, dy: Tensor, x: Tensor, y: Tensor): Tensor =>
  name === 'max'
    ? run('MaxPoolGrad', {dy, input: x, output: y}, halving)
    : run('AvgPoolGrad', {dy, input: x}, halving)

const halving = {filterSize: [2, 2], strides: [2, 2], pad: 'valid'}

/** x: n × k; weights: k × m; bias: m. */
export const multiplyAdd = (x: Tensor, weights: Tensor, bias: Tensor): Tensor => {
  const [n] = x.shape
  const [k, m] = weights.shape
  const a = reshape(x, [1, n, k])
  const b = reshape(weights, [1, k, m])
  const options = {transposeA: false, transposeB: false, activation: 'linear'}
  return reshape(run('_FusedMatMul', {a, b, bias}, options), [n, m])
}

/** a · b, where either may be taken transposed. */
export const multiply = (
  a: Tensor,
  b: Tensor,
  {transposeA = false, transposeB = false}: {transposeA?: boolean; transposeB?: boolean},
): Tensor => run('BatchMatMul', {a, b}, {transposeA, transposeB})

/** Element by element. */
export const multiplyEach = (a: Tensor, b: Tensor): Tensor => run('Multiply', {a, b})

export const activate = (name: ActivationName, x: Tensor): Tensor => run(kernelOf[name], {x})

const kernelOf = {relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid'} as const

/**
 * The tensor's own numbers, to read or change in place. The view dies with the next operation: memory may move. A
 * changed tensor must not have been used as weights before, for the wasm backend keeps a packed copy of those.
 */
export const valuesOf = (tensor: Tensor): Float32Array => {
  const backend = tf.backend()
  const values =
    backend instanceof BackendWasm
      ? backend.typedArrayFromHeap(tensor)
      : // The cpu backend answers with the array that it holds, not with a copy.
        backend.readSync(tensor.dataId)
  // Every tensor of a network is float32.
  return values as Float32Array
}

const run = (kernel: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap = {}): Tensor =>
  checked(tf.engine().runKernel<Tensor>(kernel, inputs, attrs))

// The wasm backend does not notice when its allocator fails: it takes the null it got for an address.
const checked = (tensor: Tensor): Tensor => {
  const backend = tf.backend()
  if (backend instanceof BackendWasm && tensor.size > 0) {
    if (backend.getMemoryOffset(tensor.dataId) === 0) {
      throw new OutOfMemoryError(`There was no memory for ${tensor.size * 4} bytes.`)
    }
  }
  return tensor
}
