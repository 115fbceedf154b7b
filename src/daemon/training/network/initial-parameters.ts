import {seededRandom} from '../../base/random.ts'
import type {Network} from './network.ts'
import type {ActivationName} from './ops.ts'
import {sizeOf} from './ops.ts'

/**
 * A network's first parameters. Weights before a ReLU are drawn after He et al., "Delving deep into rectifiers" (2015):
 * normal with variance 2 / fan-in. Others after Glorot and Bengio, "Understanding the difficulty of training deep
 * feedforward neural networks" (2010): uniform within ±√(6 / (fan-in + fan-out)). Biases start at 0.
 */
export const initialParameters = (
  network: Network,
  activation: ActivationName,
  seed: number,
): Float32Array => {
  const parameters = new Float32Array(network.parameterCount)
  let at = 0
  for (const [index, layer] of network.layers.entries()) {
    if (layer.kind === 'plain') continue
    const random = seededRandom(seed, 'weights', index)
    const spread = Math.sqrt(2 / layer.fanIn)
    const limit = Math.sqrt(6 / (layer.fanIn + layer.fanOut))
    for (const end = at + sizeOf(layer.weights); at < end; at++) {
      parameters[at] =
        activation === 'relu' ? spread * random.normal() : limit * (2 * random.uniform() - 1)
    }
  }
  return parameters
}
