import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import {openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {problemOfBackend} from '../../../../src/daemon/training/backends/self-test.ts'
import {registerWasmKernels} from '../../../../src/daemon/training/backends/wasm/kernels.ts'
import {createEagerModel} from '../../../../src/daemon/training/eager/eager-model.ts'
import type {CreateModel} from '../../../../src/daemon/training/model.ts'
import {createWasmModel} from '../../../../src/daemon/training/wasm-step/wasm-model.ts'
import {temporaryFolder} from '../../../fixtures/folders.ts'

const stockMaxPoolGradient = tf.getKernel('MaxPoolGrad', 'wasm')

test('native TensorFlow is refused in one sentence that says what to set', async () => {
  for (const choice of ['tensorflow', 'tensorflow-gpu']) {
    assert.deepEqual(await openBackend(choice), {
      ok: false,
      problems: [
        'TensorFlow is not installed. Run `simmer backend install tensorflow`, or set SIMMER_BACKEND to auto, wasm or cpu.',
      ],
    })
  }
})

test('an unknown backend is refused', async () => {
  const opened = await openBackend('abacus')
  assert.equal(opened.ok, false)
})

test('auto opens our own kernels, which need nothing of TensorFlow.js', async () => {
  const opened = await openBackend('auto', '/nowhere/tfjs_binding.node')
  assert.ok(opened.ok)
  assert.equal(opened.value.name, 'wasm')
  assert.equal(opened.value.note, undefined)
  assert.equal(opened.value.createModel, createWasmModel)
  assert.equal(tf.memory().numTensors, 0)
})

/** Trains, and comes to parameters that are a little off. */
const createBroken: CreateModel = (...options) => {
  const model = createWasmModel(...options)
  return {...model, parameters: () => model.parameters().map((value) => value + 0.01)}
}

test("where our own kernels are wrong, TensorFlow.js's train, and agree with plain JavaScript", async () => {
  const opened = await openBackend('wasm', undefined, createBroken)
  assert.ok(opened.ok)
  assert.equal(opened.value.name, 'wasm')
  assert.equal(opened.value.createModel, createEagerModel)
  assert.match(opened.value.note ?? '', /half the speed: Expected .* our own kernels to agree/)
  assert.equal(tf.getBackend(), 'wasm')
  assert.equal(await problemOfBackend('wasm'), undefined)
  assert.equal(tf.memory().numTensors, 0)
})

test('a binding that does not load is told, and WebAssembly trains', async (t) => {
  const file = join(temporaryFolder(t), 'tfjs_binding.node')
  writeFileSync(file, 'not a library')
  const opened = await openBackend('auto', file)
  assert.ok(opened.ok)
  assert.equal(opened.value.name, 'wasm')
  assert.match(opened.value.note ?? '', /TensorFlow could not be loaded: .*backend install/)
  const refused = await openBackend('tensorflow', file)
  assert.ok(!refused.ok)
})

test('the self-test finds the stock max-pooling gradient wrong, and training falls back to plain JavaScript', async () => {
  tf.unregisterKernel('MaxPoolGrad', 'wasm')
  tf.registerKernel(stockMaxPoolGradient)
  await tf.setBackend('wasm')
  assert.match((await problemOfBackend('wasm')) ?? '', /max pooling's gradient on wasm/)

  // A kernel that ours do not replace is damaged.
  const stockTanh = tf.getKernel('Tanh', 'wasm')
  tf.unregisterKernel('Tanh', 'wasm')
  tf.registerKernel({...tf.getKernel('Sigmoid', 'wasm'), kernelName: 'Tanh'})
  const opened = await openBackend('auto', undefined, createBroken)
  assert.ok(opened.ok)
  assert.equal(opened.value.name, 'cpu')
  assert.match(opened.value.note ?? '', /tanh on wasm/)
  assert.equal(tf.getBackend(), 'cpu')
  tf.unregisterKernel('Tanh', 'wasm')
  tf.registerKernel(stockTanh)
})

test('our kernels refuse what they do not cover, and say what it was', async () => {
  registerWasmKernels()
  await tf.setBackend('wasm')
  const x = tf.ones<tf.Rank.R4>([1, 6, 6, 1])
  const dy = tf.ones<tf.Rank.R4>([1, 2, 2, 1])
  const attrs = {strides: [2, 2], pad: 'valid', dataFormat: 'NHWC', filterShape: [3, 3, 1, 1]}
  assert.throws(
    () => tf.engine().runKernel('Conv2DBackpropFilter', {x, dy}, attrs),
    /Expected a convolution with stride 1/,
  )
  assert.throws(
    () =>
      tf
        .engine()
        .runKernel('AvgPoolGrad', {dy, input: x}, {filterSize: 3, strides: 3, pad: 'valid'}),
    /Expected pooling of 2 × 2/,
  )
  tf.dispose([x, dy])
})
