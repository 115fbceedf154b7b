/** What trains: the interface that each way of computing a network's steps has. */
import type {LenetSetting} from '../studies/hyperparameters.ts'
import type {Scaling} from './loop/scaling.ts'
import type {Architecture} from './network/architecture.ts'

/** Begins a model: `initial` are its first parameters, `seed` is that of dropout. */
export type CreateModel = (
  architecture: Architecture,
  setting: LenetSetting,
  start: {readonly initial: Float32Array; readonly seed: number},
) => Model

/** A network in training: its parameters and what its update rule remembers, wherever they live. */
export interface Model {
  /** Adds `scale` times the gradient of the samples' summed loss to the gradients of this step. */
  readonly learn: (samples: Samples, scale: number) => Verdict
  /** Ends the step: changes the parameters against the gradients, which are 0 again afterwards. */
  readonly update: () => void
  readonly measure: (samples: Samples) => Verdict
  /** A copy: first the weights of all layers, then the biases of all layers. */
  readonly parameters: () => Float32Array
  readonly dispose: () => void
}

/** pixels: n × height × width × channels, scaled, and maybe more behind; labels: n. */
export type Samples = {
  readonly pixels: Float32Array
  readonly labels: Uint8Array
  /** Where the pixels are those of pictures as they are: which. A model that keeps pictures need not look at `pixels`. */
  readonly taken?: {readonly from: Pictures; readonly places: Uint32Array}
}

/** Pictures that samples are taken from again and again: the same arrays each time. */
export type Pictures = {
  /** count × height × width × channels */
  readonly pixels: Uint8Array
  readonly scaling: Scaling
}

/** What a network makes of some samples: their summed loss, and the likeliest class of each. */
export type Verdict = {
  readonly loss: number
  readonly predicted: Uint8Array
}

/** There was no memory for a model or for what it computes. */
export class OutOfMemoryError extends Error {}
