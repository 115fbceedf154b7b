/** What a network is made of, as plain data: how its layers follow each other, and where their parameters lie. */

/** Sizes of one sample's values; never with the batch. */
export type Shape = readonly number[]
export const sizeOf = (shape: Shape): number => shape.reduce((product, size) => product * size, 1)

export type ActivationName = 'relu' | 'tanh' | 'sigmoid'
export type PoolingName = 'max' | 'average'

export type LayerKind =
  /** `filters` square filters at every place where they fit. */
  | {readonly kind: 'convolution'; readonly filters: number; readonly side: number}
  /** The maximum or the average of each 2 × 2 pixels; an odd last row or column is left out. */
  | {readonly kind: 'pooling'; readonly name: PoolingName}
  | {readonly kind: 'activation'; readonly name: ActivationName}
  /** Pictures as plain rows of numbers. */
  | {readonly kind: 'flattening'}
  /** Every unit sees every input. */
  | {readonly kind: 'dense'; readonly units: number}
  /** Drops a share of the inputs while learning; `name` tells its chance from another one's. */
  | {readonly kind: 'dropout'; readonly share: number; readonly name: string}

type WeightedKind = Extract<LayerKind, {kind: 'convolution' | 'dense'}>

/** A layer in its place. */
export type Layer = {readonly input: Shape; readonly output: Shape} & (
  | (WeightedKind & {readonly parameters: ParameterPlace})
  | (Exclude<LayerKind, WeightedKind> & {readonly parameters?: undefined})
)

/** Where a layer's weights and biases lie in the parameters of its network. */
export type ParameterPlace = {
  /** Of a convolution: side × side × channels × filters; of a dense layer: inputs × units. */
  readonly weights: Shape
  readonly weightsAt: number
  readonly biases: number
  readonly biasesAt: number
  /** How many values each output is made of, and how many outputs each value reaches. */
  readonly fanIn: number
  readonly fanOut: number
}

/** A classifier: layers one after another, with a softmax behind the last. */
export type Architecture = {
  readonly layers: readonly Layer[]
  readonly input: Shape
  readonly classCount: number
  /** First the weights of all layers, then the biases of all layers. */
  readonly parameterCount: number
  readonly weightCount: number
}

/** Puts layers one after another for inputs of that shape. The last one's outputs are the classes. */
export const architectureOf = (input: Shape, kinds: readonly LayerKind[]): Architecture => {
  // Biases lie behind all weights, so these are counted first.
  const weightCount = placed(input, kinds, 0).end.weights
  const {layers, end} = placed(input, kinds, weightCount)
  const classCount = sizeOf(layers.at(-1)?.output ?? input)
  return {layers, input, classCount, parameterCount: end.biases, weightCount}
}

type End = {readonly weights: number; readonly biases: number}

const placed = (
  input: Shape,
  kinds: readonly LayerKind[],
  biasesFrom: number,
): {readonly layers: readonly Layer[]; readonly end: End} => {
  const layers: Layer[] = []
  let end: End = {weights: 0, biases: biasesFrom}
  for (const kind of kinds) {
    const layer = layerAt(kind, layers.at(-1)?.output ?? input, end)
    layers.push(layer)
    if (!layer.parameters) continue
    const {weights, biases} = layer.parameters
    end = {weights: end.weights + sizeOf(weights), biases: end.biases + biases}
  }
  return {layers, end}
}

const layerAt = (kind: LayerKind, input: Shape, from: End): Layer => {
  const at = {weightsAt: from.weights, biasesAt: from.biases}
  const [height, width, channels] = input
  switch (kind.kind) {
    case 'convolution': {
      const {filters, side} = kind
      const parameters = {
        weights: [side, side, channels, filters],
        biases: filters,
        fanIn: side * side * channels,
        fanOut: side * side * filters,
        ...at,
      }
      return {...kind, input, output: [height - side + 1, width - side + 1, filters], parameters}
    }
    case 'dense': {
      const inputs = sizeOf(input)
      const {units} = kind
      const parameters = {weights: [inputs, units], biases: units, fanIn: inputs, fanOut: units}
      return {...kind, input, output: [units], parameters: {...parameters, ...at}}
    }
    case 'pooling':
      return {...kind, input, output: [Math.floor(height / 2), Math.floor(width / 2), channels]}
    case 'flattening':
      return {...kind, input, output: [sizeOf(input)]}
    case 'activation':
    case 'dropout':
      return {...kind, input, output: input}
  }
}
