/** Chooses and starts the backend of this process, once, and says why a better one was not taken. */
import {existsSync} from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import {reasonOf} from '../../base/log.ts'
import {ok, type Result, refuse} from '../../base/result.ts'
import type {BackendName} from '../../trials/messages.ts'
import {createEagerModel} from '../eager/eager-model.ts'
import {createGraphModels} from '../graph/graph-model.ts'
import {loadBinding} from '../graph/tensorflow.ts'
import type {CreateModel} from '../model.ts'
import {createWasmModel} from '../wasm-step/wasm-model.ts'
import {problemOfModels} from './model-test.ts'
import {problemOfBackend} from './self-test.ts'
import {registerWasmKernels} from './wasm/kernels.ts'

export type OpenBackend = {
  readonly name: BackendName
  /** Why a better backend was not taken. */
  readonly note?: string
  readonly createModel: CreateModel
  /** So many pictures at once keep memory small and messages waiting for well under a second; more are no faster. */
  readonly itemsAtOnce: number
}

/**
 * Starts what was chosen: TensorFlow on the GPU or on the CPU, by way of the binding in that file, `wasm` (with `cpu` where
 * that does not work), `cpu`, or with `auto` the first of them that works. `createOwn` makes models by our own kernels.
 */
export const openBackend = async (
  choice: string,
  bindingFile?: string,
  createOwn: CreateModel = createWasmModel,
): Promise<Result<OpenBackend>> => {
  // Without its checks and its advice to install native code.
  tf.enableProdMode()
  switch (choice) {
    case 'tensorflow-gpu': {
      const found = await openTensorflow(bindingFile)
      if (!found.ok || found.value.name === choice) return found
      return refuse('Expected TensorFlow to find a GPU, found none. Set SIMMER_BACKEND to auto.')
    }
    case 'tensorflow':
      // It would take a GPU by itself; this hides them from it.
      process.env.CUDA_VISIBLE_DEVICES = '-1'
      return openTensorflow(bindingFile)
    case 'auto': {
      if (!isThere(bindingFile)) return ok(await openWasmOrCpu(createOwn))
      const found = await openTensorflow(bindingFile)
      return found.ok ? found : ok(await openWasmOrCpu(createOwn, found.problems))
    }
    case 'wasm':
      return ok(await openWasmOrCpu(createOwn))
    case 'cpu':
      await tf.setBackend('cpu')
      return ok(eagerCpu)
    default:
      return refuse(
        `Expected the backend to be auto, tensorflow-gpu, tensorflow, wasm or cpu, got \`${choice}\`.`,
      )
  }
}

const isThere = (file: string | undefined): file is string => file !== undefined && existsSync(file)

const openTensorflow = async (bindingFile: string | undefined): Promise<Result<OpenBackend>> => {
  if (!isThere(bindingFile)) {
    return refuse(
      'TensorFlow is not installed. Run `simmer backend install tensorflow`, or set SIMMER_BACKEND to auto, wasm or cpu.',
    )
  }
  try {
    const binding = loadBinding(bindingFile)
    const {create} = createGraphModels(binding)
    const problem = await problemOfModels('TensorFlow', create)
    if (problem !== undefined) return refuse(problem)
    const name = binding.isUsingGpuDevice() ? 'tensorflow-gpu' : 'tensorflow'
    return ok({name, createModel: create, itemsAtOnce: 512})
  } catch (cause) {
    return refuse(
      `TensorFlow could not be loaded: ${reasonOf(cause)}. Run \`simmer backend install tensorflow\` again.`,
    )
  }
}

const eagerWasm: OpenBackend = {name: 'wasm', createModel: createEagerModel, itemsAtOnce: 128}
const eagerCpu: OpenBackend = {name: 'cpu', createModel: createEagerModel, itemsAtOnce: 8}

/** `before` is what speaks against a better backend. */
const openWasmOrCpu = async (
  createOwn: CreateModel,
  before: readonly string[] = [],
): Promise<OpenBackend> => {
  const ownProblem = await problemOr(() => problemOfModels('our own kernels', createOwn))
  if (ownProblem === undefined) return noted({...eagerWasm, createModel: createOwn}, before)
  const slower = [
    ...before,
    `Training with TensorFlow.js's kernels, at half the speed: ${ownProblem}`,
  ]
  registerWasmKernels()
  const stockProblem = await problemOr(async () =>
    (await tf.setBackend('wasm')) ? problemOfBackend('wasm') : 'WebAssembly did not start.',
  )
  if (stockProblem === undefined) return noted(eagerWasm, slower)
  await tf.setBackend('cpu')
  return noted(eagerCpu, [
    ...before,
    `Training in plain JavaScript, about 200 times slower: ${ownProblem} ${stockProblem}`,
  ])
}

const noted = (backend: OpenBackend, notes: readonly string[]): OpenBackend =>
  notes.length > 0 ? {...backend, note: notes.join(' ')} : backend

/** What a test finds, or what kept it from running. */
const problemOr = async (test: () => Promise<string | undefined>): Promise<string | undefined> => {
  try {
    return await test()
  } catch (cause) {
    return `WebAssembly did not start: ${reasonOf(cause)}`
  }
}
