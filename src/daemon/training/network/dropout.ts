import {type Rng, seededRandom} from '../../base/random.ts'
import type {Layer} from './architecture.ts'

type DropoutLayer = Extract<Layer, {kind: 'dropout'}>

/** Whether a layer drops anything: only then does it need masks. */
export const isDropping = (layer: Layer): layer is DropoutLayer =>
  layer.kind === 'dropout' && layer.share > 0

/** A source of masks for one dropout layer: what each of so many inputs is multiplied by. Their expected sum stays. */
export const dropoutMasks = (
  {share, name}: DropoutLayer,
  seed: number,
): ((size: number) => Float32Array) => {
  const random: Rng = seededRandom(seed, 'dropout', name)
  return (size) =>
    Float32Array.from({length: size}, () => (random.uniform() < share ? 0 : 1 / (1 - share)))
}
