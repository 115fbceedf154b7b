/**
 * The layers of a network as calls of kernels, with the places in memory that they work on. Samples go in groups of
 * four, for which see `../kernels/lanes.ts`.
 */
import type {Layer, Shape} from '../network/architecture.ts'
import {sizeOf} from '../network/architecture.ts'
import {dropoutMasks, isDropping} from '../network/dropout.ts'
import type {Address, Workshop} from './kernels.ts'

/** One way forward and back for `count` groups from `first` on. The way back goes from slopes to slopes. */
export type Stage = {
  readonly forward: (pass: Pass) => void
  readonly backward: (pass: Pass) => void
  /** To be called before the first way back with new parameters. */
  readonly turn?: () => void
}

export type Pass = {
  readonly first: number
  readonly count: number
  /** How many samples there are in all groups. */
  readonly samples: number
  readonly isLearning: boolean
}

/** Where values of all groups and their slopes lie. A stride of 0: there is one place, which each group uses anew. */
export type Node = {
  readonly at: Address
  readonly stride: number
  readonly slopesAt: Address
  readonly slopesStride: number
  /** Of one group. */
  readonly vectors: number
  readonly rowBytes: number
}

/** Hands out memory: the address of so many bytes. */
export type Take = (bytes: number) => Address

/** What all stages of a model share. */
export type Surroundings = {
  readonly workshop: Workshop
  readonly take: Take
  readonly groups: number
  readonly parameters: Address
  readonly gradients: Address
  /** A source of masks for each dropout layer. */
  readonly masks: ReadonlyMap<Layer, (size: number) => Float32Array>
}

export const vectorBytes = 16
const floatBytes = 4
const lineBytes = 64

/** So far apart lie groups: an odd number of cache lines, so that they do not fight for the same places in the cache. */
const strideFor = (vectors: number): number =>
  lineBytes * (Math.ceil((vectors * vectorBytes) / lineBytes) | 1)

/** The sources of masks that an architecture's dropout layers draw from for the whole of a model's life. */
export const masksOf = (layers: readonly Layer[], seed: number): Surroundings['masks'] =>
  new Map(layers.filter(isDropping).map((layer) => [layer, dropoutMasks(layer, seed)]))

/** Values in plain order, with a place for each group. */
export const plainNode = (shape: Shape, {take, groups}: Surroundings): Node => {
  const vectors = sizeOf(shape)
  const stride = strideFor(vectors)
  const rowBytes = sizeOf(shape.slice(1)) * vectorBytes
  const at = take(groups * stride)
  return {at, stride, slopesAt: take(groups * stride), slopesStride: stride, vectors, rowBytes}
}

/** A convolution's outputs, with borders as `../kernels/convolution.ts` wants them. */
const borderedNode = (
  [rows, columns, filters]: Shape,
  isKept: boolean,
  {take, groups}: Surroundings,
) => {
  const rowBytes = (columns + 1) * filters * vectorBytes
  const border = filters * vectorBytes
  const vectors = (rows * rowBytes) / vectorBytes
  const stride = isKept ? strideFor(vectors + filters) : 0
  const at = take(isKept ? groups * stride : border + rows * rowBytes) + border
  const slopesAt = take(border + rows * rowBytes) + border
  return {at, stride, slopesAt, slopesStride: 0, vectors, rowBytes}
}

/** A layer's stage, and where its outputs lie. `next` is the layer behind it. */
export const stageOf = (
  layer: Layer,
  next: Layer | undefined,
  x: Node,
  isFirst: boolean,
  surroundings: Surroundings,
): {readonly stage: Stage; readonly y: Node} => {
  switch (layer.kind) {
    case 'convolution': {
      // A maximum remembers all that is needed of what it was taken from.
      const isKept = !(next?.kind === 'pooling' && next.name === 'max')
      const y = borderedNode(layer.output, isKept, surroundings)
      return {y, stage: convolution(layer, x, y, isFirst, surroundings)}
    }
    case 'dense': {
      const y = plainNode(layer.output, surroundings)
      return {y, stage: dense(layer, x, y, surroundings)}
    }
    case 'pooling': {
      const y = plainNode(layer.output, surroundings)
      return {y, stage: pooling(layer, x, y, surroundings)}
    }
    case 'activation':
      return {y: x, stage: activation(layer, x, surroundings)}
    case 'dropout': {
      const draw = surroundings.masks.get(layer)
      if (!draw) return {y: x, stage: nothing}
      const y = {...plainNode(layer.output, surroundings), slopesAt: x.slopesAt}
      return {y, stage: dropout(draw, x, y, surroundings)}
    }
    case 'flattening':
      return {y: x, stage: nothing}
  }
}

const nothing: Stage = {forward: () => {}, backward: () => {}}

const valuesAt = ({at, stride}: Node, group: number): Address => at + group * stride
const slopesAt = ({slopesAt: at, slopesStride}: Node, group: number): Address =>
  at + group * slopesStride

/** From the first vector of `count` groups to the last one. */
const spanOf = ({stride, vectors}: Node, count: number): number =>
  ((count - 1) * stride) / vectorBytes + vectors

type Place = NonNullable<Layer['parameters']>

const placesOf = ({weightsAt, biasesAt}: Place, {parameters, gradients}: Surroundings) => ({
  weights: parameters + weightsAt * floatBytes,
  biases: parameters + biasesAt * floatBytes,
  weightGradients: gradients + weightsAt * floatBytes,
  biasGradients: gradients + biasesAt * floatBytes,
})

/** Takes one group at a time. */
const convolution = (
  layer: Extract<Layer, {kind: 'convolution'}>,
  x: Node,
  y: Node,
  isFirst: boolean,
  surroundings: Surroundings,
): Stage => {
  const {kernels} = surroundings.workshop
  const {weights, biases, weightGradients, biasGradients} = placesOf(layer.parameters, surroundings)
  const [height, width, channels] = layer.input
  const {filters, side} = layer
  const shape = [height, width, channels, filters, side] as const
  const turned = surroundings.take(sizeOf(layer.parameters.weights) * floatBytes)
  return {
    forward: ({first}) =>
      kernels.convolve(valuesAt(x, first), weights, biases, valuesAt(y, first), ...shape),
    backward: ({first}) => {
      const d = slopesAt(y, first)
      const at = valuesAt(x, first)
      kernels.addConvolutionGradients(at, d, weightGradients, biasGradients, ...shape)
      // Nobody asks for the gradient by the picture.
      if (!isFirst) kernels.convolveBack(d, turned, slopesAt(x, first), ...shape)
    },
    turn: () => kernels.turnWeights(weights, turned, side, channels, filters),
  }
}

const dense = (
  layer: Extract<Layer, {kind: 'dense'}>,
  x: Node,
  y: Node,
  surroundings: Surroundings,
): Stage => {
  const {kernels} = surroundings.workshop
  const {weights, biases, weightGradients, biasGradients} = placesOf(layer.parameters, surroundings)
  const inputs = sizeOf(layer.input)
  const {units} = layer
  const turned = surroundings.take(inputs * units * floatBytes)
  return {
    forward: ({first, count}) => {
      const [from, to] = [valuesAt(x, first), valuesAt(y, first)]
      kernels.connect(from, weights, biases, to, inputs, units, count, x.stride, y.stride)
    },
    backward: ({first, count}) => {
      const [from, d] = [valuesAt(x, first), slopesAt(y, first)]
      const strides = [x.stride, y.slopesStride] as const
      const gradients = [weightGradients, biasGradients] as const
      kernels.addDenseGradients(from, d, ...gradients, inputs, units, count, ...strides)
      const into = slopesAt(x, first)
      kernels.connect(d, turned, 0, into, units, inputs, count, y.slopesStride, x.slopesStride)
    },
    turn: () => kernels.turnWeights(weights, turned, 1, inputs, units),
  }
}

/** Takes one group at a time. */
const pooling = (
  layer: Extract<Layer, {kind: 'pooling'}>,
  x: Node,
  y: Node,
  {workshop: {kernels}, take, groups}: Surroundings,
): Stage => {
  const [rows, columns, channels] = layer.output
  const shape = [rows, columns, channels, x.rowBytes] as const
  if (layer.name === 'average') {
    return {
      forward: ({first}) => kernels.poolAverage(valuesAt(x, first), valuesAt(y, first), ...shape),
      backward: ({first}) =>
        kernels.poolAverageBack(slopesAt(y, first), slopesAt(x, first), ...shape),
    }
  }
  const codes = {...y, at: take(groups * y.stride)}
  return {
    forward: ({first}) =>
      kernels.poolMaximum(valuesAt(x, first), valuesAt(y, first), valuesAt(codes, first), ...shape),
    backward: ({first}) =>
      kernels.poolMaximumBack(
        slopesAt(y, first),
        valuesAt(codes, first),
        slopesAt(x, first),
        ...shape,
      ),
  }
}

/** In place, both ways. */
const activation = (
  {name}: Extract<Layer, {kind: 'activation'}>,
  x: Node,
  {workshop: {kernels}}: Surroundings,
): Stage => {
  const [activate, activateBack] = {
    relu: [kernels.relu, kernels.reluBack] as const,
    tanh: [kernels.tanh, kernels.tanhBack] as const,
    sigmoid: [kernels.sigmoid, kernels.sigmoidBack] as const,
  }[name]
  return {
    forward: ({first, count}) => activate(valuesAt(x, first), spanOf(x, count)),
    backward: ({first, count}) =>
      activateBack(slopesAt(x, first), valuesAt(x, first), spanOf(x, count)),
  }
}

/** The slopes change in place. */
const dropout = (
  draw: (size: number) => Float32Array,
  x: Node,
  y: Node,
  {workshop, take, groups}: Surroundings,
): Stage => {
  const {kernels} = workshop
  const masks = {...y, at: take(groups * y.stride)}
  return {
    forward: ({first, count, samples, isLearning}) => {
      const span = spanOf(masks, count)
      const into = workshop.floats(valuesAt(masks, first), span * floatsPerVector)
      if (isLearning) scatter(draw(samples * y.vectors), into, y)
      else into.fill(1)
      kernels.multiplyEach(valuesAt(x, first), valuesAt(masks, first), valuesAt(y, first), span)
    },
    backward: ({first, count}) => {
      const d = slopesAt(y, first)
      kernels.multiplyEach(d, valuesAt(masks, first), d, spanOf(y, count))
    },
  }
}

const floatsPerVector = vectorBytes / floatBytes

/** Sorts values that lie sample by sample into groups. */
const scatter = (values: Float32Array, into: Float32Array, {stride, vectors}: Node) => {
  for (let sample = 0, at = 0; at < values.length; sample++) {
    const group = Math.floor(sample / floatsPerVector)
    let to = (group * stride) / floatBytes + (sample % floatsPerVector)
    for (const end = at + vectors; at < end; at++, to += floatsPerVector) into[to] = values[at]
  }
}
