/**
 * TuRBO and SRBF in turns, each learning from the other's trials: the entry of Duxiaoman DI to the black-box optimization
 * challenge of NeurIPS 2020, which took half of each batch from either. The settings are theirs; here the turns are single
 * trials, so each suggestion knows the one before it.
 */
import type {Optimizer} from '../optimizer.ts'
import {cubicBasis} from '../rbf/basis.ts'
import {suggestNear} from '../rbf/srbf.ts'
import {copulaStandardized} from '../standardize.ts'
import {suggestInRegion} from '../turbo/turbo.ts'

const isForRegion = (trial: number): boolean => trial % 2 === 0
const smoothBasis = {...cubicBasis, ridge: 1e-4}

export const tusot: Optimizer = {
  name: 'tusot',
  suggest: (ask) =>
    isForRegion(ask.trial)
      ? suggestInRegion(ask, {
          designSize: (dimensions) => 2 * dimensions + 1,
          standardize: copulaStandardized,
          fitSteps: 100,
          owns: isForRegion,
        })
      : suggestNear(ask, {
          basis: smoothBasis,
          designSize: (dimensions) => Math.max(4, 2 * (dimensions + 1)),
          probability: () => 1,
          owns: (trial) => !isForRegion(trial),
        }),
}
