/** What a study says when asked how it stands. Pure. */
import type {PendingTrial} from '../optimizers/optimizer.ts'
import type {Outcome} from '../optimizers/suggest.ts'
import type {Study, Trial} from './study.ts'

export type CompleteTrial = Extract<Trial, {state: 'complete'}>

export const completeTrials = (study: Study): readonly CompleteTrial[] =>
  study.trials.filter((trial) => trial.state === 'complete')

/** The first of the trials with the best value. */
export const bestTrial = (study: Study): CompleteTrial | undefined => {
  const loss = lossOf(study)
  return completeTrials(study).reduce<CompleteTrial | undefined>(
    (best, trial) => (best === undefined || loss(trial.value) < loss(best.value) ? trial : best),
    undefined,
  )
}

/** The best value after each complete trial, in the order of the trials' numbers. */
export const bestSoFar = (
  study: Study,
): readonly {readonly trial: number; readonly value: number}[] => {
  const loss = lossOf(study)
  let best = Number.NaN
  return completeTrials(study).map((trial) => {
    if (!(loss(best) <= loss(trial.value))) best = trial.value
    return {trial: trial.id, value: best}
  })
}

/**
 * Trials end in whatever order the machine lets them. So that a study's suggestions do not hang on that, the one for
 * trial n learns from the trials 0 to n − lag alone, and waits for these; with one trial at a time that is all of them.
 * Twice the trials that run at once leave room for one that takes long.
 */
const lagOf = ({settings}: Study): number => 2 * settings.parallel - 1

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
  const loss = lossOf(study)
  const last = trial - lagOf(study)
  return {
    history: study.trials.filter((one) => one.id <= last).flatMap((one) => outcomeOf(one, loss)),
    pending: study.trials
      .filter((one) => one.id > last && one.id < trial)
      .map((one) => ({trial: one.id, point: one.point})),
  }
}

const hasEnded = (trial: Trial): boolean => trial.state === 'complete' || trial.state === 'failed'

const outcomeOf = (trial: Trial, loss: (value: number) => number): readonly Outcome[] => {
  switch (trial.state) {
    case 'complete':
      return [{trial: trial.id, point: trial.point, losses: [loss(trial.value)]}]
    case 'failed':
      return [{trial: trial.id, point: trial.point, losses: [Number.POSITIVE_INFINITY]}]
    case 'running':
    case 'waiting':
      return []
  }
}

export const countTrials = (study: Study): Readonly<Record<Trial['state'], number>> => {
  const counts = {waiting: 0, running: 0, complete: 0, failed: 0}
  for (const trial of study.trials) counts[trial.state]++
  return counts
}

/** How much of its budget the study has used, 0–1: by trials or by time, whichever is further. */
export const progressShare = (study: Study): number => {
  const {trials, hours} = study.settings.budget
  const {complete, failed} = countTrials(study)
  const byTrials = trials ? (complete + failed) / trials : 0
  const byTime = hours ? study.activeMs / (hours * 3_600_000) : 0
  return Math.min(1, Math.max(byTrials, byTime))
}

const lossOf =
  (study: Study) =>
  (value: number): number =>
    study.settings.objective.goal === 'maximize' ? -value : value
