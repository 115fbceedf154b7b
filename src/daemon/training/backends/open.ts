/** Chooses and starts the backend of this process, once, and says why a better one was not taken. */
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import {reasonOf} from '../../base/log.ts'
import {ok, type Result, refuse} from '../../base/result.ts'
import {problemOfBackend} from './self-test.ts'
import {registerWasmKernels} from './wasm/kernels.ts'

export type OpenBackend = {
  readonly name: 'wasm' | 'cpu'
  /** Why a better backend was not taken. */
  readonly note?: string
}

/** Starts what was chosen: `auto`, `wasm` (with `cpu` where that does not work) or `cpu`. */
export const openBackend = async (choice: string): Promise<Result<OpenBackend>> => {
  // Without its checks and its advice to install native code.
  tf.enableProdMode()
  switch (choice) {
    case 'tensorflow-gpu':
    case 'tensorflow':
      return refuse(
        `The backend \`${choice}\` is not installed. Set SIMMER_BACKEND to auto, wasm or cpu.`,
      )
    case 'auto':
    case 'wasm':
      return ok(await openWasmOrCpu())
    case 'cpu':
      await tf.setBackend('cpu')
      return ok({name: 'cpu'})
    default:
      return refuse(`Expected the backend to be auto, wasm or cpu, got \`${choice}\`.`)
  }
}

const openWasmOrCpu = async (): Promise<OpenBackend> => {
  registerWasmKernels()
  const problem = await problemOfWasm()
  if (problem === undefined) return {name: 'wasm'}
  await tf.setBackend('cpu')
  return {name: 'cpu', note: `Training in plain JavaScript, about 200 times slower: ${problem}`}
}

const problemOfWasm = async (): Promise<string | undefined> => {
  try {
    if (!(await tf.setBackend('wasm'))) return 'WebAssembly did not start.'
    return await problemOfBackend('wasm')
  } catch (cause) {
    return `WebAssembly did not start: ${reasonOf(cause)}`
  }
}
