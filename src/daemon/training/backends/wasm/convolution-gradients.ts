/** The gradients of a convolution with stride 1 and no padding, each as another convolution. */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import {
  callKernel,
  free,
  heapView,
  inputOf,
  type KernelCall,
  makeOutput,
  reshaped,
  wasmKernel,
} from './heap.ts'

/**
 * dW[i, j, c, o] = Σ x[n, y + i, z + j, c] dy[n, y, z, o]. With the samples as channels it is one convolution of the
 * picture x (height × width·channels) with the filter dy, whose columns lie `channels` apart: a dilation.
 */
export const filterGradient = wasmKernel((call) => {
  assertPlainConvolution(call)
  const {backend} = call
  const x = inputOf(call, 'x')
  const dy = inputOf(call, 'dy')
  const [n, height, width, channels] = shape4(x)
  const [, outHeight, outWidth, filters] = shape4(dy)
  const flatX = reshaped(x, [n, height * width * channels])
  const flatDy = reshaped(dy, [n, outHeight * outWidth, filters])
  const picture = callKernel(backend, 'Transpose', {x: flatX}, {perm: [1, 0]})
  const filter = callKernel(backend, 'Transpose', {x: flatDy}, {perm: [1, 0, 2]})
  const gradient = convolve(
    backend,
    reshaped(picture, [1, height, width * channels, n]),
    reshaped(filter, [outHeight, outWidth, n, filters]),
    {pad: 'valid', dilations: [1, channels]},
  )
  free(backend, picture, filter)
  return reshaped(gradient, [height - outHeight + 1, width - outWidth + 1, channels, filters])
})

/** dx is dy, padded all round, convolved with the filter turned by 180° and its channels exchanged. */
export const inputGradient = wasmKernel((call) => {
  assertPlainConvolution(call)
  const {backend} = call
  const filter = inputOf(call, 'filter')
  const [height, width] = shape4(filter)
  const turned = turn(backend, filter)
  const gradient = convolve(backend, inputOf(call, 'dy'), turned, {
    pad: [
      [0, 0],
      [height - 1, height - 1],
      [width - 1, width - 1],
      [0, 0],
    ],
    dilations: [1, 1],
  })
  free(backend, turned)
  return gradient
})

const convolve = (
  backend: BackendWasm,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attrs: tf.NamedAttrMap,
) => callKernel(backend, 'Conv2D', {x, filter}, {strides: [1, 1], dataFormat: 'NHWC', ...attrs})

// filter: height × width × channels × filters → the same taps in reverse order, × filters × channels
const turn = (backend: BackendWasm, filter: tf.TensorInfo): tf.TensorInfo => {
  const [height, width, channels, filters] = shape4(filter)
  const turned = makeOutput(backend, [height, width, filters, channels])
  const from = heapView(backend, filter)
  const to = heapView(backend, turned)
  const taps = height * width
  for (let tap = 0, read = 0; tap < taps; tap++) {
    const start = (taps - 1 - tap) * channels * filters
    for (let c = 0; c < channels; c++) {
      for (let o = 0; o < filters; o++) to[start + o * channels + c] = from[read++]
    }
  }
  return turned
}

const shape4 = (tensor: tf.TensorInfo): readonly [number, number, number, number] => {
  const [a, b, c, d] = tensor.shape
  return [a, b, c, d]
}

const assertPlainConvolution = ({attrs}: KernelCall) => {
  const strides = [attrs.strides].flat()
  if (attrs.pad !== 'valid' || strides.some((stride) => stride !== 1)) {
    throw new Error(
      `Expected a convolution with stride 1 and pad "valid", got ${JSON.stringify(attrs)}.`,
    )
  }
}
