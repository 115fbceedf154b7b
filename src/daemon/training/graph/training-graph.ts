/**
 * A network's training as one graph: a run of `learn` adds up gradients, a run of `update` takes a step, a run of
 * `measure` only looks. What differs from trial to trial (learning rate and the like, the first parameters) is fed in.
 */
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import {type Architecture, type Layer, type Shape, sizeOf} from '../network/architecture.ts'
import {isDropping} from '../network/dropout.ts'
import {createGraphBuilder, type Output} from './graph-builder.ts'
import {type Operations, operationsOn} from './operations.ts'

/** How kept pictures lie in memory. TensorFlow takes bytes from rows on a CPU only; half a float holds them exactly. */
export type KeptAs = 'uint8' | 'half'

export type UpdateRuleName = LenetSetting['optimizer']

/** How many vectors beside the parameters each rule remembers. */
const momentsOf: Readonly<Record<UpdateRuleName, readonly string[]>> = {
  sgd: ['velocity'],
  adam: ['m', 'v'],
  rmsprop: ['mean_square', 'velocity'],
}

/** The scalars that each rule is fed, by the names of their placeholders. */
export const ruleInputs = {
  sgd: ['lr', 'momentum'],
  adam: ['lr', 'beta1', 'beta1_power', 'beta2', 'beta2_power', 'epsilon'],
  rmsprop: ['lr', 'momentum', 'rho', 'epsilon'],
} as const satisfies Readonly<Record<UpdateRuleName, readonly string[]>>

/** The name under which a dropout layer's mask is fed. */
export const maskNameOf = (layer: Extract<Layer, {kind: 'dropout'}>): string =>
  `mask_${layer.name.replaceAll(' ', '_')}`

/** The graph as the content of a saved_model.pb. Vectors lie as an architecture's parameters do. */
export const trainingGraph = (
  architecture: Architecture,
  rule: UpdateRuleName,
  keptAs: KeptAs,
): Uint8Array => {
  const builder = createGraphBuilder()
  const ops = operationsOn(builder)
  const {parameterCount, input, layers} = architecture
  const parameters = ops.variable('parameters', [parameterCount])
  const gradients = ops.variable('gradients', [parameterCount])
  const decays = ops.variable('decays', [parameterCount])
  const moments = momentsOf[rule].map((name) => ops.variable(name, [parameterCount]))
  const zeros = ops.constant('float', new Array<number>(parameterCount).fill(0), [parameterCount])

  const begun = [
    ops.assign(parameters, ops.placeholder('first_parameters', 'float', [parameterCount])),
    ops.assign(decays, ops.placeholder('first_decays', 'float', [parameterCount])),
    ...[gradients, ...moments].map((one) => ops.assign(one, zeros)),
  ]
  ops.named('begun', ops.constant('float', [1], []), begun)
  ops.named('parameters_now', ops.read(parameters))

  const pixels = pixelsOf(ops, input, keptAs)
  const labels = ops.placeholder('labels', 'int32', [-1])
  const scale = ops.placeholder('scale', 'float', [])
  const pieces = piecesOf(ops, ops.read(parameters), layers)

  const measured = forward(ops, layers, pieces, pixels, undefined)
  const seen = ops.crossEntropy(measured.logits, labels)
  ops.named('measured_loss', ops.sum(seen.losses))
  ops.named('measured_classes', ops.likeliest(measured.logits), [], 'int32')

  const masks = new Map(
    layers.filter(isDropping).map((layer): [Layer, Output] => {
      return [layer, ops.placeholder(maskNameOf(layer), 'float', [-1, ...layer.input])]
    }),
  )
  const learned = masks.size > 0 ? forward(ops, layers, pieces, pixels, masks) : measured
  const {losses, slopes} = masks.size > 0 ? ops.crossEntropy(learned.logits, labels) : seen
  const found = backward(learned.passes, ops.times(slopes, scale))
  const added = ops.increase(gradients, ops.concatenate(found))
  ops.named('learned_loss', ops.sum(losses), [added])
  ops.named('learned_classes', ops.likeliest(learned.logits), [added], 'int32')

  const decayed = ops.plus(ops.read(gradients), ops.times(ops.read(decays), ops.read(parameters)))
  const changed = applyRule(ops, rule, {parameters, moments, gradient: decayed})
  const reset = ops.assign(gradients, zeros, {after: [changed]})
  ops.named('updated', ops.constant('float', [1], []), [reset])
  return builder.savedModel()
}

/**
 * The pixels of a run: what is fed in, or those of the pictures at some places among the kept ones. A run of `kept` keeps
 * other pictures; a channel's byte b becomes b × factor + offset.
 */
const pixelsOf = (ops: Operations, input: Shape, keptAs: KeptAs): Output => {
  const size = sizeOf(input)
  const pictures = ops.variable('pictures', [-1, size], keptAs)
  const factors = ops.variable('factors', [size])
  const offsets = ops.variable('offsets', [size])
  const bytes = ops.placeholder('first_pictures', 'uint8', [-1, size])
  const kept = [
    ops.assign(pictures, keptAs === 'uint8' ? bytes : ops.cast(bytes, 'uint8', keptAs), {
      type: keptAs,
    }),
    ops.assign(factors, ops.placeholder('first_factors', 'float', [size])),
    ops.assign(offsets, ops.placeholder('first_offsets', 'float', [size])),
  ]
  ops.named('kept', ops.constant('float', [1], []), kept)

  const rows = ops.rowsOf(pictures, ops.placeholder('places', 'int32', [-1]), keptAs)
  const values = ops.cast(rows, keptAs, 'float')
  const scaled = ops.plus(ops.times(values, ops.read(factors)), ops.read(offsets))
  return ops.placeholderOr('pixels', ops.reshape(scaled, [-1, ...input]), 'float', [-1, ...input])
}

/** The layers' weights and biases, cut out of the vector of all parameters. */
type Piece = {readonly weights: Output; readonly biases: Output}

const piecesOf = (
  ops: Operations,
  parameters: Output,
  layers: readonly Layer[],
): ReadonlyMap<Layer, Piece> => {
  const weighted = layers.filter((layer) => layer.parameters !== undefined)
  const parts = ops.split(parameters, [
    ...weighted.map((layer) => sizeOf(layer.parameters.weights)),
    ...weighted.map((layer) => layer.parameters.biases),
  ])
  return new Map(
    weighted.map((layer, i): [Layer, Piece] => [
      layer,
      {
        weights: ops.reshape(parts[i], layer.parameters.weights),
        biases: parts[weighted.length + i],
      },
    ]),
  )
}

/** A layer's way back: from the loss's gradient by what came out to that by what went in, and by its parameters. */
type Pass = {
  readonly backward: (dy: Output) => Output
  readonly gradients?: (dy: Output) => Piece
}

const forward = (
  ops: Operations,
  layers: readonly Layer[],
  pieces: ReadonlyMap<Layer, Piece>,
  pixels: Output,
  masks: ReadonlyMap<Layer, Output> | undefined,
): {readonly logits: Output; readonly passes: readonly Pass[]} => {
  let x = pixels
  const passes = layers.map((layer): Pass => {
    const {y, ...pass} = passOf(ops, layer, x, pieces.get(layer), masks?.get(layer))
    x = y
    return pass
  })
  return {logits: x, passes}
}

const passOf = (
  ops: Operations,
  layer: Layer,
  x: Output,
  piece: Piece | undefined,
  mask: Output | undefined,
): Pass & {readonly y: Output} => {
  switch (layer.kind) {
    case 'convolution': {
      const {weights, biases} = held(piece)
      return {
        y: ops.addBias(ops.convolve(x, weights), biases),
        backward: (dy) => ops.inputGradient(x, dy, weights),
        gradients: (dy) => ({
          weights: ops.reshape(ops.filterGradient(x, dy, layer.parameters.weights), [-1]),
          biases: ops.biasGradient(dy),
        }),
      }
    }
    case 'dense': {
      const {weights, biases} = held(piece)
      return {
        y: ops.addBias(ops.multiply(x, weights), biases),
        backward: (dy) => ops.multiply(dy, weights, {b: true}),
        gradients: (dy) => ({
          weights: ops.reshape(ops.multiply(x, dy, {a: true}), [-1]),
          biases: ops.biasGradient(dy),
        }),
      }
    }
    case 'pooling': {
      const y = ops.pool(layer.name, x)
      return {y, backward: (dy) => ops.poolGradient(layer.name, dy, x, y)}
    }
    case 'activation': {
      const y = ops.activate(layer.name, x)
      return {y, backward: (dy) => ops.activationGradient(layer.name, dy, y)}
    }
    case 'flattening':
      return {
        y: ops.reshape(x, [-1, ...layer.output]),
        backward: (dy) => ops.reshape(dy, [-1, ...layer.input]),
      }
    case 'dropout':
      return mask === undefined
        ? {y: x, backward: (dy) => dy}
        : {y: ops.times(x, mask), backward: (dy) => ops.times(dy, mask)}
  }
}

const held = (piece: Piece | undefined): Piece => {
  if (!piece) throw new Error('Expected a layer with weights to have been given them.')
  return piece
}

/** The gradients by all parameters, as pieces in the order of the vector. */
const backward = (passes: readonly Pass[], slopes: Output): readonly Output[] => {
  const found: Piece[] = []
  let dy = slopes
  for (let i = passes.length - 1; i >= 0; i--) {
    const {gradients, backward: back} = passes[i]
    if (gradients) found.unshift(gradients(dy))
    // Nobody asks for the gradient by the picture.
    if (i > 0) dy = back(dy)
  }
  return [...found.map(({weights}) => weights), ...found.map(({biases}) => biases)]
}

/** The node that changes the parameters; the rules are those of eager/update-rules.ts. */
const applyRule = (
  ops: Operations,
  rule: UpdateRuleName,
  {
    parameters,
    moments,
    gradient,
  }: {readonly parameters: Output; readonly moments: readonly Output[]; readonly gradient: Output},
): Output => {
  const inputs = Object.fromEntries(
    ruleInputs[rule].map((name) => [name, ops.placeholder(name, 'float', [])]),
  )
  switch (rule) {
    case 'sgd':
      return ops.applyMomentum(parameters, moments[0], inputs.lr, gradient, inputs.momentum)
    case 'adam':
      return ops.applyAdam(
        parameters,
        ...moments,
        inputs.beta1_power,
        inputs.beta2_power,
        inputs.lr,
        inputs.beta1,
        inputs.beta2,
        inputs.epsilon,
        gradient,
      )
    case 'rmsprop': {
      // Its own operation has ε under the root.
      const [meanSquare, velocity] = moments
      const rest = ops.minus(ops.constant('float', [1], []), inputs.rho)
      const square = ops.plus(
        ops.times(inputs.rho, ops.read(meanSquare)),
        ops.times(rest, ops.square(gradient)),
      )
      const direction = ops.dividedBy(gradient, ops.plus(ops.squareRoot(square), inputs.epsilon))
      const speed = ops.plus(ops.times(inputs.momentum, ops.read(velocity)), direction)
      const kept = [ops.assign(meanSquare, square), ops.assign(velocity, speed)]
      return ops.decrease(parameters, ops.times(inputs.lr, speed), kept)
    }
  }
}
