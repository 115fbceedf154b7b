import * as tf from '@tensorflow/tfjs-core'
import {registerWasmKernels} from '../../../../src/daemon/training/backends/wasm/kernels.ts'
import {createEagerModel} from '../../../../src/daemon/training/eager/eager-model.ts'
import {modelContract} from '../../../contracts/model.ts'

registerWasmKernels()

for (const backend of ['wasm', 'cpu'])
  modelContract(`TensorFlow.js on ${backend}`, createEagerModel, {
    begin: () => tf.setBackend(backend),
    held: () => tf.memory().numTensors,
  })
