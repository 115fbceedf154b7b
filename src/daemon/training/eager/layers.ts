/** The layers of a network on the backend of TensorFlow.js: each one's way forward, and its way back. */
import * as tf from '@tensorflow/tfjs-core'
import {
  type ActivationName,
  type Layer,
  type ParameterPlace,
  sizeOf,
} from '../network/architecture.ts'
import {dropoutMasks, isDropping} from '../network/dropout.ts'
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
  reshape,
  type Tensor,
  tensorOf,
  valuesOf,
} from './ops.ts'

/** A layer on the backend. Tensors have the batch as first dimension. */
export type Stage = {
  /** Copies the layer's parameters to the backend: before the first pass, and after each change. */
  readonly load: (parameters: Float32Array) => void
  readonly forward: (x: Tensor, mode: Mode) => Pass
  readonly dispose: () => void
}

/** Whether chance (dropout) is at work. */
export type Mode = 'learning' | 'measuring'

/** One way forward, and the way back: from the loss's gradient by `y` to that by the input. May change `dy`. */
type Pass = {
  readonly y: Tensor
  readonly backward: (dy: Tensor) => Tensor
  /** Adds the loss's gradient by the layer's parameters where they lie in `into`. Leaves `dy` as it is. */
  readonly addGradients: (dy: Tensor, into: Float32Array) => void
}

/** The layer, ready to compute. `seed` is that of dropout. */
export const stageOf = (layer: Layer, seed: number): Stage => {
  switch (layer.kind) {
    case 'convolution':
      return weighted(layer.parameters, (x, filter, bias) => ({
        y: convolve(x, filter, bias),
        weightGradient: (dy) => convolutionFilterGradient(x, dy, filter.shape),
        backward: (dy) => convolutionInputGradient(dy, filter, x.shape),
      }))
    case 'dense':
      return weighted(layer.parameters, (x, weights, bias) => ({
        y: multiplyAdd(x, weights, bias),
        weightGradient: (dy) => multiply(x, dy, {transposeA: true}),
        backward: (dy) => multiply(dy, weights, {transposeB: true}),
      }))
    case 'pooling':
      return plain((x) => {
        const y = pool(layer.name, x)
        return {y, backward: (dy) => poolGradient(layer.name, dy, x, y)}
      })
    case 'activation':
      return plain((x) => {
        const y = activate(layer.name, x)
        return {
          y,
          backward: (dy) => {
            timesSlope[layer.name](valuesOf(dy), valuesOf(y))
            return dy
          },
        }
      })
    case 'flattening':
      return plain((x) => ({
        y: reshape(x, [x.shape[0], sizeOf(layer.output)]),
        backward: (dy) => reshape(dy, x.shape),
      }))
    case 'dropout': {
      const nextMask = dropoutMasks(layer, seed)
      return plain((x, mode) => {
        if (mode === 'measuring' || !isDropping(layer)) return {y: x, backward: (dy) => dy}
        const mask = tensorOf(nextMask(x.size), x.shape)
        return {y: multiplyEach(x, mask), backward: (dy) => multiplyEach(dy, mask)}
      })
    }
  }
}

const plain = (forward: (x: Tensor, mode: Mode) => Omit<Pass, 'addGradients'>): Stage => ({
  load: () => {},
  forward: (x, mode) => ({...forward(x, mode), addGradients: () => {}}),
  dispose: () => {},
})

type WeightedPass = Omit<Pass, 'addGradients'> & {readonly weightGradient: (dy: Tensor) => Tensor}

const weighted = (
  place: ParameterPlace,
  forward: (x: Tensor, weights: Tensor, biases: Tensor) => WeightedPass,
): Stage => {
  const {weights, weightsAt, biases, biasesAt} = place
  let held: Tensor[] = []
  const dispose = () => {
    tf.dispose(held)
    held = []
  }
  return {
    load: (values) => {
      dispose()
      held = [
        tensorOf(values.subarray(weightsAt, weightsAt + sizeOf(weights)), weights),
        tensorOf(values.subarray(biasesAt, biasesAt + biases), [biases]),
      ]
    },
    forward: (x) => {
      const {y, backward, weightGradient} = forward(x, held[0], held[1])
      return {
        y,
        backward,
        addGradients: (dy, into) => {
          addTo(into, weightsAt, valuesOf(weightGradient(dy)))
          addTo(into, biasesAt, sumOfRows(valuesOf(dy), biases))
        },
      }
    },
    dispose,
  }
}

const addTo = (sums: Float32Array, at: number, values: Float32Array) => {
  for (let i = 0; i < values.length; i++) sums[at + i] += values[i]
}

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
