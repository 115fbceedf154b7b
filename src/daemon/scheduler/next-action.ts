/** Decides what the box should do now; loop.ts does it. Pure. */
import type {Params} from '../space/space.ts'
import {defaultLenetSetting} from '../studies/hyperparameters.ts'
import type {Study, StudyId, Trial} from '../studies/study.ts'
import {bestTrial, canSuggest, countTrials, mayStartAnother} from '../studies/summary.ts'

export type Action =
  | {readonly kind: 'wait'; readonly why: string}
  /** The study's turn has come: get its data set ready. */
  | {readonly kind: 'begin'; readonly study: StudyId}
  /** Set a suggested trial going again. */
  | {readonly kind: 'restart-trial'; readonly study: StudyId; readonly trial: number}
  /** Suggest the next trial and start it. */
  | {readonly kind: 'start-trial'; readonly study: StudyId; readonly trial: number}
  /** Train one setting on all training data and measure it on the test set. */
  | {
      readonly kind: 'score'
      readonly study: StudyId
      readonly which: 'best' | 'baseline'
      readonly params: Params
      /** The best trial, whose seed is used again: the weights that it started from are a part of what won. */
      readonly trial: number
    }
  | {readonly kind: 'complete'; readonly study: StudyId}
  | {readonly kind: 'fail'; readonly study: StudyId; readonly reason: string}
  | {readonly kind: 'pause'; readonly study: StudyId; readonly reason: string}

export type Snapshot = {
  /** In queue order. */
  readonly studies: readonly Study[]
  /** Whether something is being done that ends by itself: a data set prepared, a suggestion made, a setting scored. */
  readonly busy: boolean
}

/** After so many failed trials in a row something other than the setting is wrong. */
const failuresInARow = 5

export const nextAction = (now: Snapshot): Action => {
  if (now.busy) return {kind: 'wait', why: 'busy'}
  const study = now.studies.find((one) => one.state === 'running' || one.state === 'queued')
  if (!study) return {kind: 'wait', why: 'nothing is queued'}
  if (study.state === 'queued') return {kind: 'begin', study: study.id}
  return nextOf(study)
}

const nextOf = (study: Study): Action => {
  const counts = countTrials(study)
  if (failsInARow(study.trials.slice(study.resumedAtTrial ?? 0))) {
    return {kind: 'pause', study: study.id, reason: reasonToPause(study.trials)}
  }
  if (counts.running >= study.settings.parallel) return {kind: 'wait', why: 'all places are taken'}
  const waiting = study.trials.find((trial) => trial.state === 'waiting')
  if (waiting) return {kind: 'restart-trial', study: study.id, trial: waiting.id}
  if (mayStartAnother(study)) {
    if (!canSuggest(study, study.trials.length)) {
      return {kind: 'wait', why: 'the next suggestion learns from a trial that is still running'}
    }
    return {kind: 'start-trial', study: study.id, trial: study.trials.length}
  }
  if (counts.running > 0) return {kind: 'wait', why: 'the last trials are running'}
  return lastSteps(study)
}

/** All trials are done: score the best setting, then the baseline where it was asked for, then end. */
const lastSteps = (study: Study): Action => {
  const best = bestTrial(study)
  if (!best) {
    return {
      kind: 'fail',
      study: study.id,
      reason: `None of the ${study.trials.length} trials ended with a result. See their reasons, change the search space and queue the study again.`,
    }
  }
  if (study.settings.task.kind === 'model') {
    const score = {kind: 'score', study: study.id, trial: best.id} as const
    if (!study.score) return {...score, which: 'best', params: best.params}
    if (study.settings.baseline && !study.baselineScore) {
      return {...score, which: 'baseline', params: baselineParams}
    }
  }
  return {kind: 'complete', study: study.id}
}

const baselineParams: Params = {
  lr: defaultLenetSetting.lr,
  momentum: defaultLenetSetting.momentum,
  optimizer: defaultLenetSetting.optimizer,
  batch: defaultLenetSetting.batch,
  epochs: defaultLenetSetting.epochs,
}

/** Divergence belongs to the setting; crashes, refusals and lack of memory do not, when they come in a row. */
const failsInARow = (trials: readonly Trial[]): boolean => {
  const last = trials.filter((trial) => trial.state !== 'waiting').slice(-failuresInARow)
  return (
    last.length === failuresInARow &&
    last.every((trial) => trial.state === 'failed' && trial.reason.kind !== 'diverged')
  )
}

const reasonToPause = (trials: readonly Trial[]): string => {
  const last = trials.findLast((trial) => trial.state === 'failed')
  const message = last?.state === 'failed' ? last.reason.message : ''
  return `The last ${failuresInARow} trials failed, the latest with: ${message}`
}
