/** Holds what our optimizers reached against the reference packages. */
import type {OptimizerName} from '../../src/daemon/optimizers/optimizer.ts'
import {type ReferenceResult, reference, referenceSeeds} from './data.ts'
import {probabilityOfLarger} from './mann-whitney.ts'
import {quantile, regretOf} from './measure.ts'
import {type Problem, problems} from './problems.ts'
import type {TaskResult} from './runner.ts'

/** The method of the reference file that each of ours follows. */
export const counterparts: Readonly<Partial<Record<OptimizerName, string>>> = {
  random: 'hyperopt.rand',
  tpe: 'hyperopt.tpe',
  srbf: 'pysot.srbf',
  dycors: 'pysot.dycors',
  'turbo-1': 'turbo1',
  'turbo-m': 'turbo5',
  tusot: 'tusot',
}

const budgets = [50, 100, 200]
/** Below it a rank test calls ours worse. */
const significance = 0.01
/** The reference file has six digits, ours more: equal medians may differ by so much, as a share. */
const rounding = 1e-6

export type Comparison = {
  readonly optimizer: OptimizerName
  readonly problem: string
  readonly budget: number
  readonly median: number
  readonly theirs: string
  readonly theirMedian: number
  readonly theirUpperQuartile: number
  /** The rank test's probability; absent where the file has no values seed by seed. */
  readonly p?: number
  readonly isGoodEnough: boolean
}

/** One row an optimizer that has a counterpart, a problem and a budget, where the file has a result for it. */
export const compare = (results: readonly TaskResult[]): readonly Comparison[] =>
  Object.entries(counterparts).flatMap(([name, theirs]) => {
    const optimizer = name as OptimizerName // the keys of the table above
    return Object.entries(reference().results).flatMap(([problem, methods]) =>
      budgets.flatMap((budget) => {
        const known = methods[theirs]?.at[String(budget)]
        const ours = valuesAt(results, optimizer, problem, budget)
        return known && ours.length > 0
          ? [compareOne({optimizer, problem, budget, theirs}, ours, known)]
          : []
      }),
    )
  })

const compareOne = (
  place: Pick<Comparison, 'optimizer' | 'problem' | 'budget' | 'theirs'>,
  ours: readonly number[],
  known: ReferenceResult['at'][string],
): Comparison => {
  const median = quantile(ours, 0.5)
  const seeds = referenceSeeds()[place.problem]?.[place.theirs]?.[String(place.budget)]
  const p = seeds && probabilityOfLarger(ours, seeds)
  return {
    ...place,
    median,
    theirMedian: known.median,
    theirUpperQuartile: known.q75,
    ...(p !== undefined && {p}),
    isGoodEnough:
      median <= known.q75 + rounding * Math.abs(known.q75) &&
      (p === undefined || p >= significance),
  }
}

/** The best losses after `budget` trials, a seed each; none where the studies were shorter. */
export const valuesAt = (
  results: readonly TaskResult[],
  optimizer: OptimizerName,
  problem: string,
  budget: number,
): readonly number[] =>
  results
    .filter((one) => one.optimizer === optimizer && one.problem === problem)
    .flatMap(({curve}) => curve[budget - 1] ?? [])

/** Trials of the Bayesmark-like score. */
const scoredTrials = 128

/**
 * 100 · (1 − the mean regret of the five tasks after 128 trials, each at most 1): 100 is the best loss that any method of
 * the reference file has seen, 0 is a random draw. Undefined where a task is missing.
 */
export const scoreOf = (
  results: readonly TaskResult[],
  optimizer: OptimizerName,
): number | undefined => {
  const tasks = problems().filter(({name}) => name.startsWith('t:'))
  const regrets = tasks.map((task) =>
    mean(
      valuesAt(results, optimizer, task.name, scoredTrials).map((loss) =>
        Math.min(1, regretOf(task, loss)),
      ),
    ),
  )
  const score = 100 * (1 - mean(regrets))
  return Number.isNaN(score) ? undefined : score
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length

/** The lowest median that any method of the reference file has at a budget, and whose it is. */
export const bestReference = (
  problem: Problem,
  budget: number,
): {readonly name: string; readonly median: number} =>
  Object.entries(reference().results[problem.name])
    .flatMap(([name, {at}]) => {
      const known = at[String(budget)]
      return known ? [{name, median: known.median}] : []
    })
    .reduce((a, b) => (b.median < a.median ? b : a))

/** Whether a median is as low as another, to the digits that the reference file has. */
export const isAsLow = (median: number, other: number): boolean =>
  median <= other + rounding * Math.abs(other)
