/**
 * Writes down a graph of TensorFlow's operations as a SavedModel: the messages of tensorflow/core/framework/{graph,
 * node_def,attr_value,tensor,tensor_shape}.proto and core/protobuf/{saved_model,meta_graph}.proto. Only operations and
 * attributes that TensorFlow 2.7 knows are used in this folder.
 */
import {type Field, mapFields, message} from './protobuf.ts'

/** An output of a node: its name, or `name:1` for the second. */
export type Output = string

/** -1 in a shape: as many as come. */
export type Shape = readonly number[]

const dataTypes = {float: 1, int32: 3, uint8: 4, half: 19, resource: 20} as const
export type DataType = keyof typeof dataTypes

export type Attribute =
  | {readonly type: DataType}
  | {readonly shape: Shape}
  | {readonly text: string}
  | {readonly flag: boolean}
  | {readonly whole: number}
  | {readonly wholes: readonly number[]}
  | {readonly tensor: Uint8Array}

export interface GraphBuilder {
  /** Adds a node; it runs after those in `after`. */
  readonly add: (
    operation: string,
    inputs: readonly Output[],
    attributes?: Readonly<Record<string, Attribute>>,
    options?: {readonly name?: string; readonly after?: readonly Output[]},
  ) => Output
  /** The graph so far, as the content of a file saved_model.pb whose tag is `serve`. */
  readonly savedModel: () => Uint8Array
}

export const createGraphBuilder = (): GraphBuilder => {
  const nodes: Uint8Array[] = []
  return {
    add: (operation, inputs, attributes = {}, {name, after = []} = {}) => {
      const own = name ?? `${operation}_${nodes.length}`
      const encoded = Object.entries(attributes).map(([key, one]) => [key, attributeBytes(one)])
      nodes.push(
        message(
          [1, own],
          [2, operation],
          ...inputs.map((input): Field => [3, input]),
          ...after.map((node): Field => [3, `^${node}`]),
          ...mapFields(5, Object.fromEntries(encoded)),
        ),
      )
      return own
    },
    savedModel: () => {
      const graph = message(...nodes.map((node): Field => [1, node]), [4, message([1, producer])])
      const info = message([4, 'serve'])
      return message([1, savedModelSchema], [2, message([1, info], [2, graph])])
    },
  }
}

const savedModelSchema = 1
/** The version of graphs that TensorFlow 2.7 writes. */
const producer = 898

/** Numbers as a TensorProto. */
export const tensorBytes = (type: 'float' | 'int32', values: readonly number[], shape: Shape) => {
  const content = type === 'float' ? Float32Array.from(values) : Int32Array.from(values)
  return message([1, dataTypes[type]], [2, shapeBytes(shape)], [4, new Uint8Array(content.buffer)])
}

const shapeBytes = (shape: Shape): Uint8Array =>
  message(...shape.map((size): Field => [2, message([1, size])]))

const attributeBytes = (one: Attribute): Uint8Array => {
  if ('type' in one) return message([6, dataTypes[one.type]])
  if ('shape' in one) return message([7, shapeBytes(one.shape)])
  if ('text' in one) return message([2, one.text])
  if ('flag' in one) return message([5, one.flag])
  if ('whole' in one) return message([3, one.whole])
  if ('tensor' in one) return message([8, one.tensor])
  return message([1, message(...one.wholes.map((value): Field => [3, value]))])
}
