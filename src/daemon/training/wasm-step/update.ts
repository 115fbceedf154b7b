import type {LenetSetting} from '../../studies/hyperparameters.ts'
import {beta2, epsilon, rho} from '../update-constants.ts'
import type {Address, Kernels} from './kernels.ts'

/** Where the parameters lie, and what belongs to each of them; each array is padded to whole vectors. */
export type ParameterMemory = {
  readonly parameters: Address
  readonly gradients: Address
  /** What an update rule remembers: two numbers a parameter at most, 0 at first. */
  readonly moments: readonly [Address, Address]
  readonly vectors: number
  /** The first so many parameters decay. */
  readonly weightCount: number
}

/** A setting's update rule. Each call is a step, which leaves gradients of 0. */
export const createUpdate = (
  setting: LenetSetting,
  memory: ParameterMemory,
  kernels: Kernels,
): (() => void) => {
  const {parameters, gradients, weightCount} = memory
  const {weightDecay} = setting
  const step = stepOf(setting, memory, kernels)
  if (weightDecay === 0) return step
  return () => {
    kernels.decay(parameters, gradients, weightCount, weightDecay)
    step()
  }
}

const stepOf = (
  {optimizer, lr, momentum, beta1}: LenetSetting,
  {parameters, gradients, moments, vectors}: ParameterMemory,
  kernels: Kernels,
): (() => void) => {
  const [first, second] = moments
  switch (optimizer) {
    case 'sgd':
      return () => kernels.updateSgd(parameters, gradients, first, vectors, lr, momentum)
    case 'adam': {
      let t = 0
      return () => {
        t++
        const corrections = [1 - beta1 ** t, 1 - beta2 ** t] as const
        const addresses = [parameters, gradients, first, second] as const
        kernels.updateAdam(...addresses, vectors, lr, beta1, beta2, ...corrections, epsilon)
      }
    }
    case 'rmsprop': {
      const addresses = [parameters, gradients, first, second] as const
      return () => kernels.updateRmsprop(...addresses, vectors, lr, momentum, rho, epsilon)
    }
  }
}
