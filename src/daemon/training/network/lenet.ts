/**
 * LeNet-5 in all its variants. LeCun et al., "Gradient-based learning applied to document recognition" (1998), with
 * every filter of the second convolution seeing every channel and a softmax at the end, as it is taught today.
 */
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import {type Architecture, architectureOf, type LayerKind} from './architecture.ts'

/** What of a setting shapes the network. */
export type LenetVariant = Pick<LenetSetting, 'width' | 'activation' | 'pooling' | 'dropout'>

export type InputShape = {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The smallest picture that leaves one pixel after the second pooling. */
export const smallestSide = 16

const filterSide = 5

/** 44,726 parameters for 28 × 28 × 3 inputs and 10 classes at width 1. */
export const lenet = (
  {height, width, channels}: InputShape,
  classCount: number,
  variant: LenetVariant,
): Architecture => {
  const scaled = (count: number) => Math.max(1, Math.round(count * variant.width))
  const convolution = (filters: number): LayerKind => ({
    kind: 'convolution',
    filters: scaled(filters),
    side: filterSide,
  })
  const dense = (units: number): LayerKind => ({kind: 'dense', units})
  const activation: LayerKind = {kind: 'activation', name: variant.activation}
  const dropoutBefore = (layer: string): LayerKind => ({
    kind: 'dropout',
    share: variant.dropout,
    name: layer,
  })
  return architectureOf(
    [height, width, channels],
    [
      convolution(6),
      ...pooledActivation(variant),
      convolution(16),
      ...pooledActivation(variant),
      {kind: 'flattening'},
      dense(scaled(120)),
      activation,
      dropoutBefore('second dense'),
      dense(scaled(84)),
      activation,
      dropoutBefore('last dense'),
      dense(classCount),
    ],
  )
}

// All three activations rise, so the maximum may be taken first: the same result for a quarter of the work.
const pooledActivation = ({
  pooling: name,
  activation,
}: Pick<LenetVariant, 'pooling' | 'activation'>): readonly LayerKind[] => {
  const pooling: LayerKind = {kind: 'pooling', name}
  const active: LayerKind = {kind: 'activation', name: activation}
  return name === 'max' ? [pooling, active] : [active, pooling]
}
