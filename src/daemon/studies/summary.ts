/** What a study says when asked how it stands. Pure. */
import type {PendingTrial} from '../optimizers/optimizer.ts'
import type {Outcome} from '../optimizers/suggest.ts'
import {lossesOf, lossOf} from './objectives.ts'
import {compareLosses, paretoFront} from './pareto-front.ts'
import type {Objective, Study, Trial} from './study.ts'

export type CompleteTrial = Extract<Trial, {state: 'complete'}>

export const completeTrials = ({trials}: Pick<Study, 'trials'>): readonly CompleteTrial[] => {
  const known = completeOf.get(trials) ?? trials.filter((trial) => trial.state === 'complete')
  completeOf.set(trials, known)
  return known
}

/** Lists of trials never change, so what was picked from one holds as long as it lives: a page asks many times. */
const completeOf = new WeakMap<readonly Trial[], readonly CompleteTrial[]>()

/**
 * The first of the trials with the best value. With two objectives it is the best in the first one, and among equals
 * there the best in the second: the first member of the front.
 */
export const bestTrial = (study: Study): CompleteTrial | undefined => {
  const {objectives} = study.settings
  const trials = completeTrials(study)
  const known = bestOf.get(trials)
  if (known?.objectives === objectives) return known.best
  const losses = ({values}: CompleteTrial) => lossesOf(objectives, values)
  let best = trials[0]
  for (const trial of trials) if (compareLosses(losses(trial), losses(best)) < 0) best = trial
  bestOf.set(trials, {objectives, best})
  return best
}

const bestOf = new WeakMap<
  readonly CompleteTrial[],
  {readonly objectives: readonly Objective[]; readonly best: CompleteTrial | undefined}
>()

/** Whether the study has a front to show, which one objective alone does not make. */
export const hasFront = ({settings}: Pick<Study, 'settings'>): boolean =>
  settings.objectives.length > 1

/** The trials that no other one beats in every objective, the best in the first one first. */
export const frontOf = (study: Study): readonly CompleteTrial[] =>
  paretoFront(completeTrials(study), study.settings.objectives)

/** The best value of the first objective after each complete trial, in the order of the trials' numbers. */
export const bestSoFar = (
  study: Study,
): readonly {readonly trial: number; readonly value: number}[] => {
  const [objective] = study.settings.objectives
  let best = Number.NaN
  return completeTrials(study).map(({id, values: [value]}) => {
    if (!(lossOf(objective, best) <= lossOf(objective, value))) best = value
    return {trial: id, value: best}
  })
}

/**
 * Trials end in whatever order the machine lets them. So that a study's suggestions do not hang on that, the one for
 * trial n learns from the trials 0 to n − lag alone, and waits for these; with one trial at a time that is all of them.
 * Twice the trials that run at once leave room for one that takes long.
 */
const lagOf = ({settings}: Study): number => 2 * settings.parallel - 1

/** The trials that anything about trial `trial` may depend on: its suggestion, and whether it is pruned. */
export const knownTo = (study: Study, trial: number): readonly Trial[] =>
  study.trials.filter((one) => one.id <= trial - lagOf(study))

/** Whether everything that the suggestion for `trial` learns from is known. */
export const canSuggest = (study: Study, trial: number): boolean =>
  study.trials.every((one) => one.id > trial - lagOf(study) || hasEnded(one))

/** What the suggestion for `trial` learns from: smaller is better, a failure is +Infinity. */
export const knowledgeFor = (
  study: Study,
  trial: number,
): {
  readonly history: readonly Outcome[]
  readonly pending: readonly PendingTrial[]
} => {
  const last = trial - lagOf(study)
  return {
    history: knownTo(study, trial).flatMap((one) => outcomeOf(one, study)),
    pending: study.trials
      .filter((one) => one.id > last && one.id < trial)
      .map((one) => ({trial: one.id, point: one.point})),
  }
}

export type EndedTrial = Extract<Trial, {state: 'complete' | 'pruned' | 'failed'}>

/** Whether the trial is done with, whatever came of it. */
export const hasEnded = (trial: Trial): trial is EndedTrial =>
  trial.state === 'complete' || trial.state === 'pruned' || trial.state === 'failed'

const outcomeOf = (trial: Trial, {settings: {objectives}}: Study): readonly Outcome[] => {
  const {id, point} = trial
  switch (trial.state) {
    case 'complete':
    // What a pruned trial had reached when it was stopped counts as its result, as in Optuna. Hyperopt would call it a
    // failure; but it is known to be poor rather than impossible, and how poor is what an optimizer learns from.
    case 'pruned':
      return [{trial: id, point, losses: lossesOf(objectives, trial.values)}]
    case 'failed':
      return [{trial: id, point, losses: objectives.map(() => Number.POSITIVE_INFINITY)}]
    case 'running':
    case 'waiting':
      return []
  }
}

type TrialCounts = Readonly<Record<Trial['state'], number>>

/** A list of trials never changes, and a page counts a study's several times. */
const counted = new WeakMap<Study['trials'], TrialCounts>()

export const countTrials = ({trials}: Pick<Study, 'trials'>): TrialCounts => {
  const known = counted.get(trials)
  if (known) return known
  const counts = {waiting: 0, running: 0, complete: 0, pruned: 0, failed: 0}
  for (const trial of trials) counts[trial.state]++
  counted.set(trials, counts)
  return counts
}

/** How many trials are done with, whatever came of them. */
export const countEnded = (study: Study): number => {
  const {complete, pruned, failed} = countTrials(study)
  return complete + pruned + failed
}

/** Whether the study's limits leave room for another trial. */
export const mayStartAnother = ({settings, trials, activeMs}: Study): boolean => {
  const {trials: most, hours} = settings.budget
  return (
    (most === undefined || trials.length < most) &&
    (hours === undefined || activeMs < hours * 3_600_000)
  )
}

/** How much of its budget the study has used, 0–1: by trials or by time, whichever is further. */
export const progressShare = (study: Study): number => {
  const {trials, hours} = study.settings.budget
  const byTrials = trials ? countEnded(study) / trials : 0
  const byTime = hours ? study.activeMs / (hours * 3_600_000) : 0
  return Math.min(1, Math.max(byTrials, byTime))
}
