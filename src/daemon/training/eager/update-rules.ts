import type {LenetSetting} from '../../studies/hyperparameters.ts'
import {beta2, epsilon, rho} from '../update-constants.ts'

/** Changes the parameters by one step against the gradients of the batch's mean loss. May change the gradients. */
export type UpdateRule = (parameters: Float32Array, gradients: Float32Array) => void

/** The update rule of a setting, fresh: its moments start at 0. The first `weightCount` parameters decay. */
export const createUpdateRule = (
  setting: LenetSetting,
  parameterCount: number,
  weightCount: number,
): UpdateRule => {
  const update = ruleOf(setting, parameterCount)
  const {weightDecay} = setting
  if (weightDecay === 0) return update
  return (parameters, gradients) => {
    for (let i = 0; i < weightCount; i++) gradients[i] += weightDecay * parameters[i]
    update(parameters, gradients)
  }
}

const ruleOf = (setting: LenetSetting, count: number): UpdateRule => {
  switch (setting.optimizer) {
    case 'sgd':
      return sgd(setting.lr, setting.momentum, count)
    case 'adam':
      return adam(setting.lr, setting.beta1, count)
    case 'rmsprop':
      return rmsprop(setting.lr, setting.momentum, count)
  }
}

/** The form of PyTorch and TensorFlow: v ← momentum·v + g, w ← w − lr·v. */
const sgd = (lr: number, momentum: number, count: number): UpdateRule => {
  const velocity = new Float32Array(count)
  return (parameters, gradients) => {
    for (let i = 0; i < count; i++) {
      velocity[i] = momentum * velocity[i] + gradients[i]
      parameters[i] -= lr * velocity[i]
    }
  }
}

/** Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1. */
const adam = (alpha: number, beta1: number, count: number): UpdateRule => {
  const m = new Float32Array(count)
  const v = new Float32Array(count)
  let t = 0
  return (parameters, gradients) => {
    t++
    const correction1 = 1 - beta1 ** t
    const correction2 = 1 - beta2 ** t
    for (let i = 0; i < count; i++) {
      const g = gradients[i]
      m[i] = beta1 * m[i] + (1 - beta1) * g
      v[i] = beta2 * v[i] + (1 - beta2) * g * g
      parameters[i] -= (alpha * (m[i] / correction1)) / (Math.sqrt(v[i] / correction2) + epsilon)
    }
  }
}

/** Tieleman and Hinton's RMSProp with momentum, in PyTorch's form: ε stands outside the root. */
const rmsprop = (lr: number, momentum: number, count: number): UpdateRule => {
  const meanSquare = new Float32Array(count)
  const velocity = new Float32Array(count)
  return (parameters, gradients) => {
    for (let i = 0; i < count; i++) {
      const g = gradients[i]
      meanSquare[i] = rho * meanSquare[i] + (1 - rho) * g * g
      velocity[i] = momentum * velocity[i] + g / (Math.sqrt(meanSquare[i]) + epsilon)
      parameters[i] -= lr * velocity[i]
    }
  }
}
