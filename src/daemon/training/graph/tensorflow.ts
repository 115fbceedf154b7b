/** TensorFlow itself, through the native binding of @tensorflow/tfjs-node-gpu, as far as graphs need it. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** What the binding exports (`binding/tfjs_binding.cc`); tensors and models are numbers to it. */
export interface Binding {
  readonly TF_FLOAT: number
  readonly TF_INT32: number
  readonly TF_UINT8: number
  readonly isUsingGpuDevice: () => boolean
  readonly createTensor: (
    shape: readonly number[],
    type: number,
    values: Float32Array | Int32Array | Uint8Array,
  ) => number
  readonly deleteTensor: (tensor: number) => void
  readonly tensorDataSync: (tensor: number) => Float32Array | Int32Array
  readonly loadSavedModel: (folder: string, tags: string) => number
  readonly deleteSavedModel: (model: number) => void
  readonly runSavedModel: (
    model: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ) => readonly {readonly id: number}[]
  readonly getNumOfTensors: () => number
  readonly getNumOfSavedModels: () => number
}

/** What a run is fed, in the type that the graph has there. */
export type Feed = {
  readonly values: Float32Array | Int32Array | Uint8Array
  readonly shape: readonly number[]
}

/** A graph in TensorFlow's memory, with its variables. */
export interface Session {
  /** The outputs' values, in their order. */
  readonly run: (
    feeds: Readonly<Record<string, Feed>>,
    outputs: readonly string[],
  ) => readonly (Float32Array | Int32Array)[]
  readonly close: () => void
}

/** Loads the binding, and with it TensorFlow. Throws where the system's loader refuses it. */
export const loadBinding = (file: string): Binding => {
  // TensorFlow would take the whole of a GPU's memory, which on a Jetson is everybody's, and greet at length.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
  // Left to itself, TensorFlow uses its fast CPU kernels only on processors with instructions for neural networks.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1'
  const module: {exports: Partial<Binding>} = {exports: {}}
  process.dlopen(module, file)
  return module.exports as Binding // the one file that `simmer backend install` compiles
}

/** Loads a graph: the content of a saved_model.pb. */
export const openSession = (binding: Binding, savedModel: Uint8Array): Session => {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-graph-'))
  let model: number
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel)
    model = binding.loadSavedModel(folder, 'serve')
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
  return {
    run: (feeds, outputs) => {
      const names = Object.keys(feeds)
      const inputs = Object.values(feeds).map(({values, shape}) =>
        binding.createTensor(shape, typeOf(values, binding), values),
      )
      try {
        const found = binding.runSavedModel(
          model,
          inputs,
          names.map(first).join(),
          outputs.map(first).join(),
        )
        return found.map(({id}) => {
          const values = binding.tensorDataSync(id)
          binding.deleteTensor(id)
          return values
        })
      } finally {
        for (const input of inputs) binding.deleteTensor(input)
      }
    },
    close: () => binding.deleteSavedModel(model),
  }
}

const typeOf = (values: Feed['values'], {TF_FLOAT, TF_INT32, TF_UINT8}: Binding): number => {
  if (values instanceof Float32Array) return TF_FLOAT
  return values instanceof Int32Array ? TF_INT32 : TF_UINT8
}

/** The binding wants to hear which output of a node is meant. */
const first = (name: string): string => `${name}:0`
