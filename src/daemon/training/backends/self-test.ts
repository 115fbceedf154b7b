import * as tf from '@tensorflow/tfjs-core'
import {
  activate,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  multiply,
  multiplyAdd,
  multiplyEach,
  pool,
  poolGradient,
  type Tensor,
  tensorOf,
  valuesOf,
} from '../eager/ops.ts'
import type {PoolingName, Shape} from '../network/architecture.ts'

/**
 * Compares every operation of a network on `backend` with TensorFlow.js's plain JavaScript, on small signed numbers.
 * Answers with a sentence on the first one that differs. Leaves `backend` set.
 */
export const problemOfBackend = async (backend: string): Promise<string | undefined> => {
  await tf.setBackend('cpu')
  const expected = operations.map(([, compute]) => resultOf(compute))
  await tf.setBackend(backend)
  for (const [index, [name, compute]] of operations.entries()) {
    const difference = largestDifference(resultOf(compute), expected[index])
    // Put this way round, NaN is refused too.
    if (!(difference <= tolerance)) {
      return `Expected ${name} on ${backend} to agree with plain JavaScript, but they differ by ${difference}.`
    }
  }
  return undefined
}

/** The rounding of float32 sums of about a hundred products below 1, with room to spare. */
const tolerance = 1e-4

/** Repeatable numbers between -1 and 1, unlike for unlike `salt`. */
const signed = (shape: Shape, salt: number): Tensor => {
  const values = Float32Array.from({length: shape.reduce((a, b) => a * b, 1)}, (_, i) =>
    Math.sin((i + 1) * (salt + 0.7) * 12.9898),
  )
  return tensorOf(values, shape)
}

/** All negative: a maximum that starts at 0 is found out. */
const negative = (shape: Shape): Tensor => {
  const tensor = signed(shape, 5)
  const values = valuesOf(tensor)
  for (let i = 0; i < values.length; i++) values[i] -= 1.5
  return tensor
}

const poolingGradientOf = (name: PoolingName) => () => {
  const x = negative([2, 5, 6, 3])
  return poolGradient(name, signed([2, 2, 3, 3], 1), x, pool(name, x))
}

const operations: readonly (readonly [name: string, compute: () => Tensor])[] = [
  ['convolution', () => convolve(signed([2, 7, 6, 3], 1), signed([5, 5, 3, 2], 2), signed([2], 3))],
  [
    "a convolution's filter gradient",
    () => convolutionFilterGradient(signed([3, 7, 6, 3], 1), signed([3, 3, 2, 2], 2), [5, 5, 3, 2]),
  ],
  [
    "a convolution's input gradient",
    () => convolutionInputGradient(signed([3, 3, 2, 2], 1), signed([5, 5, 3, 2], 2), [3, 7, 6, 3]),
  ],
  ['max pooling', () => pool('max', negative([2, 5, 6, 3]))],
  ["max pooling's gradient", poolingGradientOf('max')],
  ['average pooling', () => pool('average', signed([2, 5, 6, 3], 1))],
  ["average pooling's gradient", poolingGradientOf('average')],
  ['a dense layer', () => multiplyAdd(signed([3, 7], 1), signed([7, 5], 2), signed([5], 3))],
  [
    'a matrix product, first factor transposed',
    () => multiply(signed([7, 3], 1), signed([7, 5], 2), {transposeA: true}),
  ],
  [
    'a matrix product, second factor transposed',
    () => multiply(signed([3, 7], 1), signed([5, 7], 2), {transposeB: true}),
  ],
  ['an element-wise product', () => multiplyEach(signed([3, 7], 1), signed([3, 7], 2))],
  ['relu', () => activate('relu', signed([3, 7], 1))],
  ['tanh', () => activate('tanh', signed([3, 7], 1))],
  ['sigmoid', () => activate('sigmoid', signed([3, 7], 1))],
]

const resultOf = (compute: () => Tensor): Float32Array => {
  let values = new Float32Array()
  tf.tidy(() => {
    values = valuesOf(compute()).slice()
  })
  return values
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length
    ? a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0)
    : Number.POSITIVE_INFINITY
