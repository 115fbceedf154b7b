/** The layers of a LeNet. Each says how it is computed and how its gradient is, and holds nothing. */
import type {Rng} from '../../base/random.ts'
import type {LayerMaker} from './layer.ts'
import {
  type ActivationName,
  activate,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  multiply,
  multiplyAdd,
  multiplyEach,
  type PoolingName,
  pool,
  poolGradient,
  reshape,
  sizeOf,
  tensorOf,
  valuesOf,
} from './ops.ts'

/** `filters` square filters at every place where they fit. */
export const convolution =
  (filters: number, size: number): LayerMaker =>
  ([height, width, channels]) => {
    const weights = [size, size, channels, filters]
    return {
      kind: 'weighted',
      output: [height - size + 1, width - size + 1, filters],
      weights,
      biases: filters,
      fanIn: size * size * channels,
      fanOut: size * size * filters,
      forward: (x, filter, bias) => ({
        y: convolve(x, filter, bias),
        gradients: (dy) => ({
          weights: convolutionFilterGradient(x, dy, weights),
          biases: sumOfRows(valuesOf(dy), filters),
        }),
        backward: (dy) => convolutionInputGradient(dy, filter, x.shape),
      }),
    }
  }

/** The maximum or the average of each 2 × 2 pixels. */
export const pooling =
  (name: PoolingName): LayerMaker =>
  ([height, width, channels]) => ({
    kind: 'plain',
    output: [Math.floor(height / 2), Math.floor(width / 2), channels],
    forward: (x) => {
      const y = pool(name, x)
      return {y, backward: (dy) => poolGradient(name, dy, x, y)}
    },
  })

/** Pictures as plain rows of numbers. */
export const flattening = (): LayerMaker => (input) => {
  const size = sizeOf(input)
  return {
    kind: 'plain',
    output: [size],
    forward: (x) => ({
      y: reshape(x, [x.shape[0], size]),
      backward: (dy) => reshape(dy, x.shape),
    }),
  }
}

/** Every unit sees every input. */
export const dense =
  (units: number): LayerMaker =>
  (input) => {
    const inputs = sizeOf(input)
    return {
      kind: 'weighted',
      output: [units],
      weights: [inputs, units],
      biases: units,
      fanIn: inputs,
      fanOut: units,
      forward: (x, weights, bias) => ({
        y: multiplyAdd(x, weights, bias),
        gradients: (dy) => ({
          weights: multiply(x, dy, {transposeA: true}),
          biases: sumOfRows(valuesOf(dy), units),
        }),
        backward: (dy) => multiply(dy, weights, {transposeB: true}),
      }),
    }
  }

export const activation =
  (name: ActivationName): LayerMaker =>
  (output) => ({
    kind: 'plain',
    output,
    forward: (x) => {
      const y = activate(name, x)
      return {
        y,
        backward: (dy) => {
          timesSlope[name](valuesOf(dy), valuesOf(y))
          return dy
        },
      }
    },
  })

/** Drops a share of the inputs while learning and scales up the others, so that their expected sum stays. */
export const dropout =
  (share: number, random: Rng): LayerMaker =>
  (output) => ({
    kind: 'plain',
    output,
    forward: (x, mode) => {
      if (mode === 'measuring' || share === 0) return {y: x, backward: (dy) => dy}
      const kept = Float32Array.from({length: x.size}, () =>
        random.uniform() < share ? 0 : 1 / (1 - share),
      )
      const mask = tensorOf(kept, x.shape)
      return {y: multiplyEach(x, mask), backward: (dy) => multiplyEach(dy, mask)}
    },
  })

/** Multiplies dy by the activation's slope, which all three can tell from what came out. */
const timesSlope: Readonly<Record<ActivationName, (dy: Float32Array, y: Float32Array) => void>> = {
  relu: (dy, y) => {
    // A product, not a branch: no processor can predict which units are off.
    for (let i = 0; i < dy.length; i++) dy[i] *= Number(y[i] > 0)
  },
  tanh: (dy, y) => {
    for (let i = 0; i < dy.length; i++) dy[i] *= 1 - y[i] * y[i]
  },
  sigmoid: (dy, y) => {
    for (let i = 0; i < dy.length; i++) dy[i] *= y[i] * (1 - y[i])
  },
}

// values: rows × columns. Two sums a column, so that an addition need not wait for the one before.
const sumOfRows = (values: Float32Array, columns: number): Float32Array => {
  const sums = new Float32Array(columns)
  for (let column = 0; column < columns; column++) {
    let even = 0
    let odd = 0
    let i = column
    for (; i + columns < values.length; i += 2 * columns) {
      even += values[i]
      odd += values[i + columns]
    }
    if (i < values.length) even += values[i]
    sums[column] = even + odd
  }
  return sums
}
