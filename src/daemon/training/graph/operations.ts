/** The operations of TensorFlow that a network's training is made of, each a node of a graph. Numbers are float32. */
import type {ActivationName, PoolingName} from '../network/architecture.ts'
import {
  type Attribute,
  type DataType,
  type GraphBuilder,
  type Output,
  type Shape,
  tensorBytes,
} from './graph-builder.ts'

type Attributes = Readonly<Record<string, Attribute>>

const float: Attributes = {T: {type: 'float'}}
const onNhwc: Attributes = {...float, data_format: {text: 'NHWC'}}
const valid: Attributes = {padding: {text: 'VALID'}}
const plainConvolution: Attributes = {...onNhwc, ...valid, strides: {wholes: [1, 1, 1, 1]}}
const halving: Attributes = {
  ...onNhwc,
  ...valid,
  ksize: {wholes: [1, 2, 2, 1]},
  strides: {wholes: [1, 2, 2, 1]},
}

const activations = {relu: 'Relu', tanh: 'Tanh', sigmoid: 'Sigmoid'} as const

export type Operations = ReturnType<typeof operationsOn>

export const operationsOn = ({add}: GraphBuilder) => {
  const constant = (type: 'float' | 'int32', values: readonly number[], shape: Shape): Output =>
    add('Const', [], {dtype: {type}, value: {tensor: tensorBytes(type, values, shape)}})
  const whole = (...values: readonly number[]) => constant('int32', values, [values.length])
  const shapeOf = (x: Output) => add('Shape', [x], {...float, out_type: {type: 'int32'}})
  const unary = (operation: string) => (x: Output) => add(operation, [x], float)
  const binary = (operation: string) => (a: Output, b: Output) => add(operation, [a, b], float)

  return {
    constant,
    plus: binary('AddV2'),
    minus: binary('Sub'),
    times: binary('Mul'),
    dividedBy: binary('RealDiv'),
    squareRoot: unary('Sqrt'),
    square: unary('Square'),
    /** What is fed in under that name. */
    placeholder: (name: string, type: DataType, shape: Shape) =>
      add('Placeholder', [], {dtype: {type}, shape: {shape}}, {name}),
    /** What is fed in under that name, or `x` where nothing is. */
    placeholderOr: (name: string, x: Output, type: DataType, shape: Shape) =>
      add('PlaceholderWithDefault', [x], {dtype: {type}, shape: {shape}}, {name}),
    reshape: (x: Output, shape: Shape) =>
      add('Reshape', [x, whole(...shape)], {...float, Tshape: {type: 'int32'}}),
    /** The parts of a vector, in their order. */
    split: (x: Output, sizes: readonly number[]): readonly Output[] => {
      const dimension = constant('int32', [0], [])
      const attributes = {
        ...float,
        Tlen: {type: 'int32'},
        num_split: {whole: sizes.length},
      } as const
      const node = add('SplitV', [x, whole(...sizes), dimension], attributes)
      return sizes.map((_, i) => `${node}:${i}`)
    },
    concatenate: (parts: readonly Output[]) =>
      add('ConcatV2', [...parts, constant('int32', [0], [])], {
        ...float,
        N: {whole: parts.length},
        Tidx: {type: 'int32'},
      }),
    sum: (x: Output) =>
      add('Sum', [x, whole(0)], {
        ...float,
        Tidx: {type: 'int32'},
        keep_dims: {flag: false},
      }),
    /** The index of each row's largest value. */
    likeliest: (rows: Output) =>
      add('ArgMax', [rows, constant('int32', [1], [])], {
        ...float,
        Tidx: {type: 'int32'},
        output_type: {type: 'int32'},
      }),
    /** A row's loss, and its gradient by the row. */
    crossEntropy: (rows: Output, labels: Output) => {
      const node = add('SparseSoftmaxCrossEntropyWithLogits', [rows, labels], {
        ...float,
        Tlabels: {type: 'int32'},
      })
      return {losses: node, slopes: `${node}:1`}
    },
    multiply: (a: Output, b: Output, transposed: {a?: boolean; b?: boolean} = {}) =>
      add('MatMul', [a, b], {
        ...float,
        transpose_a: {flag: transposed.a ?? false},
        transpose_b: {flag: transposed.b ?? false},
      }),
    addBias: (x: Output, bias: Output) => add('BiasAdd', [x, bias], onNhwc),
    biasGradient: (dy: Output) => add('BiasAddGrad', [dy], onNhwc),
    convolve: (x: Output, filter: Output) => add('Conv2D', [x, filter], plainConvolution),
    filterGradient: (x: Output, dy: Output, filterShape: Shape) =>
      add('Conv2DBackpropFilter', [x, whole(...filterShape), dy], plainConvolution),
    inputGradient: (x: Output, dy: Output, filter: Output) =>
      add('Conv2DBackpropInput', [shapeOf(x), filter, dy], plainConvolution),
    pool: (name: PoolingName, x: Output) =>
      add(name === 'max' ? 'MaxPool' : 'AvgPool', [x], halving),
    poolGradient: (name: PoolingName, dy: Output, x: Output, y: Output) =>
      name === 'max'
        ? add('MaxPoolGrad', [x, y, dy], halving)
        : add('AvgPoolGrad', [shapeOf(x), dy], halving),
    activate: (name: ActivationName, x: Output) => add(activations[name], [x], float),
    activationGradient: (name: ActivationName, dy: Output, y: Output) =>
      name === 'relu'
        ? add('ReluGrad', [dy, y], float)
        : add(`${activations[name]}Grad`, [y, dy], float),
    /** What stays from run to run. */
    variable: (name: string, shape: Shape, type: DataType = 'float') =>
      add('VarHandleOp', [], {dtype: {type}, shape: {shape}, shared_name: {text: name}}, {name}),
    read: (variable: Output) => add('ReadVariableOp', [variable], {dtype: {type: 'float'}}),
    /** Rows of a variable. */
    rowsOf: (variable: Output, places: Output, type: DataType) =>
      add('ResourceGather', [variable, places], {
        dtype: {type},
        Tindices: {type: 'int32'},
        batch_dims: {whole: 0},
        validate_indices: {flag: true},
      }),
    cast: (x: Output, from: DataType, to: DataType) =>
      add('Cast', [x], {SrcT: {type: from}, DstT: {type: to}}),
    assign: (
      variable: Output,
      value: Output,
      {after = [], type = 'float'}: {after?: readonly Output[]; type?: DataType} = {},
    ) => add('AssignVariableOp', [variable, value], {dtype: {type}}, {after}),
    increase: (variable: Output, by: Output) =>
      add('AssignAddVariableOp', [variable, by], {dtype: {type: 'float'}}),
    decrease: (variable: Output, by: Output, after: readonly Output[] = []) =>
      add('AssignSubVariableOp', [variable, by], {dtype: {type: 'float'}}, {after}),
    /** variable, velocity, lr, gradient, momentum. */
    applyMomentum: (...inputs: readonly Output[]) => add('ResourceApplyMomentum', inputs, float),
    /** variable, m, v, β₁ᵗ, β₂ᵗ, lr, β₁, β₂, ε, gradient. */
    applyAdam: (...inputs: readonly Output[]) => add('ResourceApplyAdam', inputs, float),
    /** `x` under a name, once the nodes in `after` have run. */
    named: (name: string, x: Output, after: readonly Output[] = [], type: DataType = 'float') =>
      add('Identity', [x], {T: {type}}, {name, after}),
  }
}
