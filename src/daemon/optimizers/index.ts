import {auto} from './auto/auto.ts'
import {tusot} from './ensemble/tusot.ts'
import type {Optimizer, OptimizerName} from './optimizer.ts'
import {random} from './random.ts'
import {dycors, srbf} from './rbf/srbf.ts'
import {tpe} from './tpe/tpe.ts'
import {turbo1} from './turbo/turbo.ts'
import {turboM} from './turbo/turbo-m.ts'

const optimizers: Readonly<Record<OptimizerName, Optimizer>> = {
  auto,
  random,
  tpe,
  srbf,
  dycors,
  'turbo-1': turbo1,
  'turbo-m': turboM,
  tusot,
}

/** The optimizer of this name. */
export const optimizerNamed = (name: OptimizerName): Optimizer => optimizers[name]
