/** What our own kernels are written with: other kernels by name, and tensors' numbers on the WebAssembly heap. */
import type {BackendWasm} from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

export type KernelCall = {
  readonly inputs: tf.NamedTensorInfoMap
  readonly backend: BackendWasm
  readonly attrs: tf.NamedAttrMap
}

/** A kernel of ours, as the registry of TensorFlow.js wants it. */
export const wasmKernel =
  (compute: (call: KernelCall) => tf.TensorInfo): tf.KernelFunc =>
  ({inputs, backend, attrs}) =>
    // The registry hands a kernel the backend that it was registered for.
    compute({inputs, backend: backend as BackendWasm, attrs: attrs ?? {}})

/** The input of that name; every kernel of ours needs all of its inputs. */
export const inputOf = ({inputs}: KernelCall, name: string): tf.TensorInfo => {
  const input = inputs[name]
  if (!input)
    throw new Error(`Expected an input \`${name}\`, got ${Object.keys(inputs).join(', ')}.`)
  return input
}

/** Runs another kernel of the wasm backend. The caller frees the result, or returns it. */
export const callKernel = (
  backend: BackendWasm,
  name: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap,
): tf.TensorInfo => {
  const result = tf.getKernel(name, 'wasm').kernelFunc({inputs, backend, attrs})
  // None of the kernels that ours are made of has more than one output.
  return result as tf.TensorInfo
}

/** The same numbers under another shape; freed with its source. */
export const reshaped = ({dataId, dtype}: tf.TensorInfo, shape: number[]): tf.TensorInfo => ({
  dataId,
  dtype,
  shape,
})

export const free = (backend: BackendWasm, ...tensors: readonly tf.TensorInfo[]): void => {
  for (const {dataId} of tensors) backend.disposeData(dataId)
}

/** A new tensor whose numbers are whatever lay on the heap. */
export const makeOutput = (backend: BackendWasm, shape: readonly number[]): tf.TensorInfo =>
  backend.makeOutput([...shape], 'float32')

/** A float tensor's numbers, in place. The view dies when the heap grows: take it after the last allocation. */
export const heapView = (backend: BackendWasm, tensor: tf.TensorInfo): Float32Array =>
  // Every tensor of a network is float32.
  backend.typedArrayFromHeap(tensor) as Float32Array
