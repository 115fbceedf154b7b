/** The compiled kernels with their own memory, lent to one model at a time and kept for the next. */
import {readFileSync} from 'node:fs'
import {OutOfMemoryError} from '../model.ts'

/** An address in the kernels' memory, in bytes. */
export type Address = number

/**
 * What `../kernels` exports. Sizes count numbers, or vectors of the same number of four samples; strides count bytes.
 * `d…` are slopes: the loss's gradient by a value.
 */
export type Kernels = {
  readonly freeFrom: () => Address
  readonly interleave: (samples: Address, into: Address, size: number) => void
  readonly multiplyEach: (a: Address, b: Address, y: Address, vectors: number) => void
  readonly turnWeights: (
    weights: Address,
    into: Address,
    side: number,
    inputs: number,
    outputs: number,
  ) => void
  readonly relu: Activate
  readonly reluBack: ActivateBack
  readonly tanh: Activate
  readonly tanhBack: ActivateBack
  readonly sigmoid: Activate
  readonly sigmoidBack: ActivateBack
  readonly convolve: (
    x: Address,
    weights: Address,
    biases: Address,
    y: Address,
    ...shape: ConvolutionShape
  ) => void
  readonly convolveBack: (
    dy: Address,
    turned: Address,
    dx: Address,
    ...shape: ConvolutionShape
  ) => void
  readonly addConvolutionGradients: (
    x: Address,
    dy: Address,
    weightGradients: Address,
    biasGradients: Address,
    ...shape: ConvolutionShape
  ) => void
  readonly connect: (
    x: Address,
    weights: Address,
    biases: Address,
    y: Address,
    ...shape: DenseShape
  ) => void
  readonly addDenseGradients: (
    x: Address,
    dy: Address,
    weightGradients: Address,
    biasGradients: Address,
    ...shape: DenseShape
  ) => void
  readonly poolMaximum: (x: Address, y: Address, codes: Address, ...shape: PoolingShape) => void
  readonly poolMaximumBack: (
    dy: Address,
    codes: Address,
    dx: Address,
    ...shape: PoolingShape
  ) => void
  readonly poolAverage: (x: Address, y: Address, ...shape: PoolingShape) => void
  readonly poolAverageBack: (dy: Address, dx: Address, ...shape: PoolingShape) => void
  readonly crossEntropy: (
    logits: Address,
    labels: Address,
    predicted: Address,
    d: Address,
    samples: number,
    classes: number,
    stride: number,
    scale: number,
  ) => number
  readonly decay: (parameters: Address, gradients: Address, count: number, decay: number) => void
  readonly updateSgd: (
    parameters: Address,
    gradients: Address,
    velocities: Address,
    vectors: number,
    lr: number,
    momentum: number,
  ) => void
  readonly updateAdam: (
    parameters: Address,
    gradients: Address,
    m: Address,
    v: Address,
    vectors: number,
    alpha: number,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ) => void
  readonly updateRmsprop: (
    parameters: Address,
    gradients: Address,
    meanSquares: Address,
    velocities: Address,
    vectors: number,
    lr: number,
    momentum: number,
    rho: number,
    epsilon: number,
  ) => void
}

type Activate = (x: Address, vectors: number) => void
type ActivateBack = (d: Address, y: Address, vectors: number) => void
type ConvolutionShape = [
  height: number,
  width: number,
  channels: number,
  filters: number,
  side: number,
]
type DenseShape = [inputs: number, units: number, groups: number, xStride: number, yStride: number]
type PoolingShape = [rows: number, columns: number, channels: number, rowBytes: number]

/** Kernels and their memory, while a model has them. */
export interface Workshop {
  readonly kernels: Kernels
  /** Makes the memory reach to an address. Throws an OutOfMemoryError where it cannot. */
  readonly reach: (end: Address) => void
  /** Views on numbers in the memory, good until it grows. */
  readonly floats: (from: Address, count: number) => Float32Array
  readonly bytes: (from: Address, count: number) => Uint8Array
  readonly memoryBytes: () => number
}

/** Workshops that no model has at the moment. */
const idle: Workshop[] = []

/** Memory never shrinks: a workshop that grew larger than this goes with the model that needed it. */
const keptBytes = 256 * 2 ** 20

export const borrowWorkshop = (): Workshop => idle.pop() ?? createWorkshop()

export const giveWorkshopBack = (workshop: Workshop) => {
  if (workshop.memoryBytes() <= keptBytes) idle.push(workshop)
}

const createWorkshop = (): Workshop => {
  const {exports} = new WebAssembly.Instance(compiled())
  const {memory} = exports
  return {
    kernels: exports,
    reach: (end) => growTo(memory, end),
    floats: (from, count) => new Float32Array(memory.buffer, from, count),
    bytes: (from, count) => new Uint8Array(memory.buffer, from, count),
    memoryBytes: () => memory.buffer.byteLength,
  }
}

// Node's types leave it out. The exports are typed after the sources of the kernels.
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => CompiledModule
  readonly Instance: new (
    code: CompiledModule,
  ) => {
    readonly exports: Kernels & {readonly memory: Memory}
  }
}
type CompiledModule = object
type Memory = {readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number}

let code: CompiledModule | undefined

const compiled = (): CompiledModule => {
  code ??= new WebAssembly.Module(readFileSync(codeUrl))
  return code
}

const codeUrl = new URL(
  import.meta.url.endsWith('.ts')
    ? '../../../../dist/src/daemon/training/kernels/kernels.wasm'
    : '../kernels/kernels.wasm',
  import.meta.url,
)

const pageBytes = 65_536

const growTo = (memory: Memory, end: Address) => {
  const pages = Math.ceil((end - memory.buffer.byteLength) / pageBytes)
  if (pages <= 0) return
  try {
    memory.grow(pages)
  } catch (cause) {
    throw new OutOfMemoryError(`There was no memory for ${end} bytes.`, {cause})
  }
}
