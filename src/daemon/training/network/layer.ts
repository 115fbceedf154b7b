import type {Shape, Tensor} from './ops.ts'

/** A layer: how one sample's shape changes, and the way there and back. Tensors have the batch as first dimension. */
export type Layer = PlainLayer | WeightedLayer

export type PlainLayer = {
  readonly kind: 'plain'
  readonly output: Shape
  readonly forward: (x: Tensor, mode: Mode) => Pass
}

export type WeightedLayer = {
  readonly kind: 'weighted'
  readonly output: Shape
  readonly weights: Shape
  readonly biases: number
  /** How many values each output is made of, and how many outputs each value reaches: for the first weights. */
  readonly fanIn: number
  readonly fanOut: number
  readonly forward: (x: Tensor, weights: Tensor, biases: Tensor) => WeightedPass
}

/** Whether chance (dropout) is at work. */
export type Mode = 'learning' | 'measuring'

/** One way forward, and the way back: from the loss's gradient by `y` to that by the input. May change `dy`. */
type Pass = {
  readonly y: Tensor
  readonly backward: (dy: Tensor) => Tensor
}

type WeightedPass = Pass & {
  /** The loss's gradient by the weights and by the biases. Leaves `dy` as it is. */
  readonly gradients: (dy: Tensor) => {readonly weights: Tensor; readonly biases: Float32Array}
}

/** A layer for inputs of that shape. */
export type LayerMaker = (input: Shape) => Layer
