import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  defaultLenetSetting,
  type LenetSetting,
} from '../../../../src/daemon/studies/hyperparameters.ts'
import {createUpdateRule} from '../../../../src/daemon/training/eager/update-rules.ts'

const afterThreeSteps = (setting: Partial<LenetSetting>, weightCount = 3): readonly number[] => {
  const update = createUpdateRule({...defaultLenetSetting, lr: 0.1, ...setting}, 3, weightCount)
  const parameters = Float32Array.of(1, -2, 0.5)
  update(parameters, Float32Array.of(0.1, -0.2, 0.3))
  update(parameters, Float32Array.of(0.3, 0.1, -0.4))
  update(parameters, Float32Array.of(-0.2, 0.5, 0.1))
  return [...parameters]
}

const assertClose = (found: readonly number[], expected: readonly number[]) => {
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i] - value) < 1e-6)
}

// The expected numbers are those of torch.optim 2.15.0 in float64.
test('sgd with momentum steps as PyTorch does', () => {
  assertClose(afterThreeSteps({momentum: 0.9}), [0.9359, -2.0148, 0.4847])
})

test('weight decay adds to the gradient as in PyTorch, and spares biases', () => {
  const setting = {momentum: 0.9, weightDecay: 0.01}
  assertClose(afterThreeSteps(setting), [0.930362789, -2.003655578, 0.481971369])
  assertClose(afterThreeSteps(setting, 2), [0.930362789, -2.003655578, 0.4847])
})

test('adam steps as PyTorch does', () => {
  assertClose(
    afterThreeSteps({optimizer: 'adam', beta1: 0.8}),
    [0.785878663, -1.93747438, 0.42903842],
  )
})

test('rmsprop with momentum steps as PyTorch does', () => {
  assertClose(
    afterThreeSteps({optimizer: 'rmsprop', momentum: 0.5}),
    [0.170356566, -1.960668333, 0.266708468],
  )
})
