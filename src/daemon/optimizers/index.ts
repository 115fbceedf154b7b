import type {Optimizer, OptimizerName} from './optimizer.ts'
import {random} from './random.ts'
import {tpe} from './tpe/tpe.ts'

const optimizers: Readonly<Record<OptimizerName, Optimizer>> = {random, tpe}

/** The optimizer of this name. */
export const optimizerNamed = (name: OptimizerName): Optimizer => optimizers[name]
