import * as tf from '@tensorflow/tfjs-core'
import {openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {createEagerModel} from '../../../../src/daemon/training/eager/eager-model.ts'
import {modelContract} from '../../../contracts/model.ts'

await openBackend('wasm')

for (const backend of ['wasm', 'cpu'])
  modelContract(`TensorFlow.js on ${backend}`, createEagerModel, {
    begin: () => tf.setBackend(backend),
    held: () => tf.memory().numTensors,
  })
