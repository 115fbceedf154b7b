import * as tf from '@tensorflow/tfjs-core'
import {crossEntropy, type Verdict} from './cross-entropy.ts'
import type {Layer, LayerMaker, Mode, PlainLayer, WeightedLayer} from './layer.ts'
import {type Shape, sizeOf, type Tensor, tensorOf, valuesOf} from './ops.ts'

/**
 * A classifier: layers one after another, with a softmax at the end. Its parameters live outside in one array: first
 * the weights of all layers, then the biases of all layers.
 */
export interface Network {
  readonly layers: readonly Layer[]
  readonly parameterCount: number
  /** How many of the parameters are weights; the rest are biases. */
  readonly weightCount: number
  /** Copies parameters to the backend, where they stay until disposed of. */
  readonly load: (parameters: Float32Array) => LoadedNetwork
}

/** A network with its parameters of the moment. */
export interface LoadedNetwork {
  /** Adds `scale` times the gradient of the samples' summed loss to `gradients`, which lies like the parameters. */
  readonly learn: (samples: Samples, scale: number, gradients: Float32Array) => Verdict
  readonly measure: (samples: Samples) => Verdict
  readonly dispose: () => void
}

/** pixels: n × height × width × channels, scaled, and maybe more behind; labels: n. */
export type Samples = {
  readonly pixels: Float32Array
  readonly labels: Uint8Array
}

/** Puts layers together; each is made for the shape that the one before it gives. */
export const createNetwork = (input: Shape, makers: readonly LayerMaker[]): Network => {
  const layers: Layer[] = []
  for (const make of makers) layers.push(make(layers.at(-1)?.output ?? input))
  const weighted = layers.filter((layer) => layer.kind === 'weighted')
  const weightCount = weighted.reduce((sum, layer) => sum + sizeOf(layer.weights), 0)
  const biasCount = weighted.reduce((sum, layer) => sum + layer.biases, 0)
  return {
    layers,
    weightCount,
    parameterCount: weightCount + biasCount,
    load: (parameters) => {
      const split = {weights: 0, biases: weightCount}
      return loadedNetwork(
        input,
        layers.map((layer) =>
          layer.kind === 'plain' ? loadPlain(layer) : loadWeighted(layer, parameters, split),
        ),
      )
    },
  }
}

/** A layer with its parameters on the backend. */
type Stage = {
  readonly forward: (x: Tensor, mode: Mode) => StagePass
  readonly dispose: () => void
}

type StagePass = {
  readonly y: Tensor
  readonly backward: (dy: Tensor) => Tensor
  readonly addGradients: (dy: Tensor, into: Float32Array) => void
}

const loadPlain = (layer: PlainLayer): Stage => ({
  forward: (x, mode) => ({...layer.forward(x, mode), addGradients: () => {}}),
  dispose: () => {},
})

/** Takes the layer's parameters from where `next` stands, and moves it on. */
const loadWeighted = (
  layer: WeightedLayer,
  parameters: Float32Array,
  next: {weights: number; biases: number},
): Stage => {
  const at = {...next}
  next.weights += sizeOf(layer.weights)
  next.biases += layer.biases
  const weights = tensorOf(parameters.subarray(at.weights, next.weights), layer.weights)
  const biases = tensorOf(parameters.subarray(at.biases, next.biases), [layer.biases])
  return {
    forward: (x) => {
      const {y, backward, gradients} = layer.forward(x, weights, biases)
      return {
        y,
        backward,
        addGradients: (dy, into) => {
          const found = gradients(dy)
          addTo(into, at.weights, valuesOf(found.weights))
          addTo(into, at.biases, found.biases)
        },
      }
    },
    dispose: () => tf.dispose([weights, biases]),
  }
}

const loadedNetwork = (input: Shape, stages: readonly Stage[]): LoadedNetwork => {
  const forward = ({pixels, labels}: Samples, mode: Mode) => {
    const count = labels.length
    let x = tensorOf(pixels.subarray(0, count * sizeOf(input)), [count, ...input])
    const passes = stages.map((stage) => {
      const pass = stage.forward(x, mode)
      x = pass.y
      return pass
    })
    return {logits: x, passes}
  }
  return {
    learn: (samples, scale, gradients) =>
      tf.tidy(() => {
        const {logits, passes} = forward(samples, 'learning')
        const {slopes, ...verdict} = crossEntropy(valuesOf(logits), samples.labels)
        // Scaled where they are few: what follows is linear.
        for (let i = 0; i < slopes.length; i++) slopes[i] *= scale
        let dy = tensorOf(slopes, logits.shape)
        for (let i = passes.length - 1; i >= 0; i--) {
          passes[i].addGradients(dy, gradients)
          // Nobody asks for the gradient by the picture.
          if (i > 0) dy = passes[i].backward(dy)
        }
        return verdict
      }),
    measure: (samples) =>
      tf.tidy(() => {
        const {logits} = forward(samples, 'measuring')
        const {loss, predicted} = crossEntropy(valuesOf(logits), samples.labels)
        return {loss, predicted}
      }),
    dispose: () => {
      for (const stage of stages) stage.dispose()
    },
  }
}

const addTo = (sums: Float32Array, at: number, values: Float32Array) => {
  for (let i = 0; i < values.length; i++) sums[at + i] += values[i]
}
