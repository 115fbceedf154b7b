import assert from 'node:assert/strict'
import {test} from 'node:test'
import {openBackend} from '../../../../src/daemon/training/backends/open.ts'
import {createEagerModel} from '../../../../src/daemon/training/eager/eager-model.ts'
import type {Model} from '../../../../src/daemon/training/model.ts'
import {problemOfWasmStep} from '../../../../src/daemon/training/wasm-step/self-test.ts'

await openBackend('wasm')

test('the kernels agree with TensorFlow.js on this machine', () => {
  assert.equal(problemOfWasmStep(createEagerModel), undefined)
})

test('a step that differs is told by the network and by how much', () => {
  const broken = (...options: Parameters<typeof createEagerModel>): Model => {
    const model = createEagerModel(...options)
    return {...model, parameters: () => model.parameters().map((value) => value + 0.01)}
  }
  assert.match(
    problemOfWasmStep(broken) ?? '',
    /^Expected a training step of relu with max pooling by sgd to agree .* differ by 0\.01/,
  )
})
