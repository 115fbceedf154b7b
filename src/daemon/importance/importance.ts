/** Which parameters a study's result hangs on, as far as its trials tell. Pure; what it has worked out it remembers. */
import {seededRandom} from '../base/random.ts'
import {columnsOf} from '../optimizers/forest/columns.ts'
import {fitForest} from '../optimizers/forest/forest.ts'
import {lawOf} from '../space/distribution.ts'
import {parameterNames} from '../space/parameter-names.ts'
import type {Space} from '../space/space.ts'
import {lossOf} from '../studies/objectives.ts'
import type {Study, StudySettings} from '../studies/study.ts'
import {type CompleteTrial, completeTrials} from '../studies/summary.ts'
import {type Requirement, varianceShares} from './functional-anova.ts'

/** What matters for one objective. */
export type Importance =
  | {
      readonly kind: 'known'
      readonly metric: string
      /** How many complete trials it was learned from. */
      readonly trials: number
      /** All parameters, the most important one first. */
      readonly parameters: readonly ParameterImportance[]
      /** What no parameter explains by itself: interactions and chance. */
      readonly rest: number
    }
  /** `why` is a sentence. */
  | {readonly kind: 'unknown'; readonly metric: string; readonly why: string}

type ParameterImportance = {
  readonly label: string
  /** The label in people's words. */
  readonly name: string
  /** The share (0–1) of the variance over the whole space that it explains by itself. */
  readonly share: number
}

const fewestTrials = 10

/** Of more trials, evenly many are left out: the picture stays, and a long study costs no more than this. */
const mostTrials = 1000

/** As many trees as the paper's own package grows. Leaves of three keep the noise of single trials out. */
const forestOptions = {trees: 16, leafRows: 3, rowsPerTree: 256, columnsTried: 32}
const shareOfRows = 2 / 3

/**
 * The importance of a study's parameters by functional ANOVA on a random forest, for each of its objectives. Failed trials
 * have no value and pruned ones no final one: both are left out.
 */
export const importanceOf = (study: Study): readonly Importance[] => {
  const {settings} = study
  const trials = completeTrials(study)
  const known = remembered.get(settings)
  if (known && isSame(known.trials, trials)) return known.importance
  const importance = workOut(settings, trials)
  remembered.set(settings, {trials, importance})
  return importance
}

/** By settings, which stay the same object through all states of a study, and go when it goes. */
const remembered = new WeakMap<
  StudySettings,
  {readonly trials: readonly CompleteTrial[]; readonly importance: readonly Importance[]}
>()

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

const workOut = (
  {space, seed, objectives}: StudySettings,
  trials: readonly CompleteTrial[],
): readonly Importance[] => {
  if (trials.length < fewestTrials) {
    const why = `It takes ${fewestTrials} complete trials to tell what matters; so far there are ${trials.length}.`
    return objectives.map(({metric}) => ({kind: 'unknown', metric, why}))
  }
  const used = thinned(trials)
  const {columns, writeRow} = columnsOf(space)
  const x = new Float64Array(used.length * columns.length)
  for (const [i, {point}] of used.entries()) writeRow(point, x, i * columns.length)
  const rowsPerTree = Math.min(forestOptions.rowsPerTree, Math.ceil(shareOfRows * used.length))
  const requirements = requirementsOf(space)
  return objectives.map((objective, o) => {
    const {metric} = objective
    const y = tamed(used.map(({values}) => lossOf(objective, values[o])))
    const rng = seededRandom(seed, 'importance', o)
    const forest = fitForest({columns, x, y}, {...forestOptions, rowsPerTree}, rng)
    const shares = varianceShares(forest, requirements)
    if (!shares) {
      return {
        kind: 'unknown',
        metric,
        why: 'No parameter made a difference: the trials ended alike.',
      }
    }
    const parameters = ranked(space, shares.main)
    return {kind: 'known', metric, trials: trials.length, parameters, rest: shares.rest}
  })
}

const ranked = (space: Space, shares: readonly number[]): readonly ParameterImportance[] => {
  const names = parameterNames(space)
  return space.parameters
    .map(({label}, i) => ({label, name: names.get(label) ?? label, share: shares[i]}))
    .sort((a, b) => b.share - a.share)
}

const thinned = (trials: readonly CompleteTrial[]): readonly CompleteTrial[] => {
  const step = Math.max(1, trials.length / mostTrials)
  return Array.from(
    {length: Math.min(trials.length, mostTrials)},
    (_, i) => trials[Math.floor(i * step)],
  )
}

/**
 * Losses on a scale of their own. None counts as further above the upper quartile than the best lies below it: so a few
 * trials that went wild can't own all of the variance, while well-behaved losses stay as they are; ranks would change the
 * shares of these too. Uncommonly good ones stay: they are what a study looks for.
 */
const tamed = (losses: readonly number[]): Float64Array => {
  // Quotients first: a difference of huge losses could overflow.
  const largest = losses.reduce((most, loss) => Math.max(most, Math.abs(loss)), 0) || 1
  const sorted = Float64Array.from(losses, (loss) => loss / largest).sort()
  const best = sorted[0]
  const worst = sorted[sorted.length - 1]
  const upperQuartile = sorted[Math.ceil(0.75 * (sorted.length - 1))]
  // Where most trials share the best loss, the others are all there is to explain.
  const limit = upperQuartile > best ? Math.min(worst, 2 * upperQuartile - best) : worst
  const range = limit - best || 1
  return Float64Array.from(losses, (loss) => (Math.min(loss / largest, limit) - best) / range)
}

const requirementsOf = ({parameters}: Space): readonly (readonly Requirement[])[] => {
  const indexOf = new Map(parameters.map(({label}, i) => [label, i]))
  return parameters.map(({conditions}) =>
    conditions.map(({label, option}) => {
      const column = indexOf.get(label) as number // parents stand before their children
      const law = lawOf(parameters[column].distribution)
      return {column, option, options: law.kind === 'unordered' ? law.probabilities.length : 1}
    }),
  )
}
