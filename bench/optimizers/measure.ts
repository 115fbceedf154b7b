/** Runs optimizers on problems, one trial after the other, and sums up what they reached. */
import type {OptimizerName} from '../../src/daemon/optimizers/optimizer.ts'
import {type Outcome, suggestPoint} from '../../src/daemon/optimizers/suggest.ts'
import {paramsOf} from '../../src/daemon/space/sample.ts'
import type {Problem} from './problems.ts'

/** The best loss after each trial. */
export type Curve = readonly number[]

/** One study of `trials` trials. */
export const bestSoFar = (
  optimizer: OptimizerName,
  {space, lossOf}: Problem,
  seed: number,
  trials: number,
): Curve => {
  const history: Outcome[] = []
  const curve: number[] = []
  let best = Infinity
  for (let trial = 0; trial < trials; trial++) {
    const question = {space, history, pending: [], seed, trial, budgetTrials: trials}
    const point = suggestPoint(optimizer, question)
    const loss = lossOf(paramsOf(space, point))
    history.push({trial, point, losses: [loss]})
    best = Math.min(best, loss)
    curve.push(best)
  }
  return curve
}

/** How far the best loss is from the optimum: 0 there, 1 where one random draw would be. */
export const regretOf = ({optimum, randomLoss}: Problem, loss: number): number =>
  (loss - optimum) / (randomLoss - optimum)

/** The q-quantile (0–1) of some numbers, interpolated as numpy does. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]
  return low + (at - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - low)
}
