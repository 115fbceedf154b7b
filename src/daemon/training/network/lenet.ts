/**
 * LeNet-5 in all its variants. LeCun et al., "Gradient-based learning applied to document recognition" (1998), with
 * every filter of the second convolution seeing every channel and a softmax at the end, as it is taught today.
 */
import {seededRandom} from '../../base/random.ts'
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import type {LayerMaker} from './layer.ts'
import {activation, convolution, dense, dropout, flattening, pooling} from './layers.ts'
import {createNetwork, type Network} from './network.ts'

/** What of a setting shapes the network. */
export type LenetVariant = Pick<LenetSetting, 'width' | 'activation' | 'pooling' | 'dropout'>

export type InputShape = {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The smallest picture that leaves one pixel after the second pooling. */
export const smallestSide = 16

/** `seed` is that of dropout. 44,726 parameters for 28 × 28 × 3 inputs and 10 classes at width 1. */
export const createLenet = (
  input: InputShape,
  classCount: number,
  variant: LenetVariant,
  seed: number,
): Network => {
  const scaled = (count: number) => Math.max(1, Math.round(count * variant.width))
  const dropoutBefore = (layer: string) =>
    dropout(variant.dropout, seededRandom(seed, 'dropout', layer))
  return createNetwork(
    [input.height, input.width, input.channels],
    [
      convolution(scaled(6), 5),
      ...pooledActivation(variant),
      convolution(scaled(16), 5),
      ...pooledActivation(variant),
      flattening(),
      dense(scaled(120)),
      activation(variant.activation),
      dropoutBefore('second dense'),
      dense(scaled(84)),
      activation(variant.activation),
      dropoutBefore('last dense'),
      dense(classCount),
    ],
  )
}

// All three activations rise, so the maximum may be taken first: the same result for a quarter of the work.
const pooledActivation = (variant: LenetVariant): readonly LayerMaker[] =>
  variant.pooling === 'max'
    ? [pooling('max'), activation(variant.activation)]
    : [activation(variant.activation), pooling('average')]
