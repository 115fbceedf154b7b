import {seededRandom} from '../base/random.ts'
import {samplePoint} from '../space/sample.ts'
import type {Optimizer} from './optimizer.ts'

/** Draws every trial from the prior, whatever came of the others: the baseline that any optimizer has to beat. */
export const random: Optimizer = {
  name: 'random',
  suggest: ({space, seed, trial}) => samplePoint(space, seededRandom(seed, 'suggest', trial)),
}
