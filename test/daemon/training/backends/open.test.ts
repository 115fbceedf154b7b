import assert from 'node:assert/strict'
import {test} from 'node:test'
import * as tf from '@tensorflow/tfjs-core'
import {openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {problemOfBackend} from '../../../../src/daemon/training/backends/self-test.ts'
import {registerWasmKernels} from '../../../../src/daemon/training/backends/wasm/kernels.ts'

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

test('auto opens wasm, whose kernels agree with plain JavaScript', async () => {
  const opened = await openBackend('auto', '/nowhere/tfjs_binding.node')
  assert.ok(opened.ok)
  assert.equal(opened.value.name, 'wasm')
  assert.equal(opened.value.note, undefined)
  assert.equal(tf.getBackend(), 'wasm')
  assert.equal(await problemOfBackend('wasm'), undefined)
  assert.equal(tf.memory().numTensors, 0)
})

test('the self-test finds the stock max-pooling gradient wrong, and training falls back to plain JavaScript', async () => {
  tf.unregisterKernel('MaxPoolGrad', 'wasm')
  tf.registerKernel(stockMaxPoolGradient)
  assert.match((await problemOfBackend('wasm')) ?? '', /max pooling's gradient on wasm/)

  // A kernel that ours do not replace is damaged.
  const stockTanh = tf.getKernel('Tanh', 'wasm')
  tf.unregisterKernel('Tanh', 'wasm')
  tf.registerKernel({...tf.getKernel('Sigmoid', 'wasm'), kernelName: 'Tanh'})
  const opened = await openBackend('auto')
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
