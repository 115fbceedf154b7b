import {seededRandom} from '../../base/random.ts'
import {type ActivationName, type Architecture, sizeOf} from './architecture.ts'

/**
 * A network's first parameters. Weights before a ReLU are drawn after He et al., "Delving deep into rectifiers" (2015):
 * normal with variance 2 / fan-in. Others after Glorot and Bengio, "Understanding the difficulty of training deep
 * feedforward neural networks" (2010): uniform within ±√(6 / (fan-in + fan-out)). Biases start at 0.
 */
export const initialParameters = (
  {layers, parameterCount}: Architecture,
  activation: ActivationName,
  seed: number,
): Float32Array => {
  const values = new Float32Array(parameterCount)
  for (const [index, {parameters}] of layers.entries()) {
    if (!parameters) continue
    const {weights, weightsAt, fanIn, fanOut} = parameters
    const random = seededRandom(seed, 'weights', index)
    const spread = Math.sqrt(2 / fanIn)
    const limit = Math.sqrt(6 / (fanIn + fanOut))
    for (let at = weightsAt; at < weightsAt + sizeOf(weights); at++) {
      values[at] =
        activation === 'relu' ? spread * random.normal() : limit * (2 * random.uniform() - 1)
    }
  }
  return values
}
