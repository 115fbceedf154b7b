/** Every way a study may change. Pure: each function takes a study and returns the next one. */
import {ok, type Result, refuse} from '../base/result.ts'
import type {Params, Point} from '../space/space.ts'
import {isMeasured} from './objectives.ts'
import type {
  Energy,
  Epoch,
  FailureReason,
  Progress,
  PruningReason,
  Score,
  Spent,
  Study,
  StudyId,
  StudySettings,
  Trial,
} from './study.ts'

export const queueStudy = (
  settings: StudySettings,
  place: {readonly id: StudyId; readonly order: number; readonly nowMs: number},
): Study => ({
  id: place.id,
  order: place.order,
  settings,
  state: 'queued',
  createdAtMs: place.nowMs,
  activeMs: 0,
  trials: [],
})

/** The study's turn has come. */
export const beginStudy = (study: Study): Study => ({...without(study, 'reason'), state: 'running'})

/** Adds a suggestion under the next number, or sets a waiting trial going again. */
export const startTrial = (
  study: Study,
  trial: {readonly id: number; readonly point: Point; readonly params: Params},
  nowMs: number,
): Study =>
  withTrial(study, {
    state: 'running',
    id: trial.id,
    point: trial.point,
    params: trial.params,
    startedAtMs: nowMs,
    epochs: [],
  })

/** A running trial begins again from its start: what it had reported does not count. */
export const restartTrial = (study: Study, id: number): Study =>
  changeRunning(study, id, ({progress: _, ...trial}) => ({...trial, epochs: []}))

export const reportProgress = (study: Study, id: number, progress: Progress): Study =>
  changeRunning(study, id, (trial) => ({...trial, progress}))

export const reportEpoch = (study: Study, id: number, epoch: Epoch): Study =>
  changeRunning(study, id, (trial) => ({...trial, epochs: [...trial.epochs, epoch]}))

/**
 * The trial ran to its end. Its values are the last ones of the objectives' metrics, and what was measured of it; where
 * one is missing it has failed.
 */
export const completeTrial = (
  study: Study,
  id: number,
  end: Spent & {readonly samplesPerSecond: number; readonly backend: string},
): Study => endWithValues(study, id, end, (kept) => ({...kept, ...end, state: 'complete'}))

/** The trial was stopped because it was not worth going on with. Its value is the last one that it reported. */
export const pruneTrial = (
  study: Study,
  id: number,
  end: Spent & {readonly reason: PruningReason},
): Study => endWithValues(study, id, end, (kept) => ({...kept, ...end, state: 'pruned'}))

export const failTrial = (
  study: Study,
  id: number,
  end: Spent & {readonly reason: FailureReason},
): Study =>
  changeRunning(study, id, (trial) => {
    const {progress: _, ...kept} = trial
    return {...kept, ...end, state: 'failed'}
  })

/** Running trials wait to be started again from their beginning: after a restart, a pause or an interruption. */
export const setBackRunningTrials = (study: Study): Study =>
  study.trials.some((trial) => trial.state === 'running')
    ? {
        ...study,
        trials: study.trials.map((trial) =>
          trial.state === 'running'
            ? {state: 'waiting', id: trial.id, point: trial.point, params: trial.params}
            : trial,
        ),
      }
    : study

export const addActiveTime = (study: Study, ms: number): Study => ({
  ...study,
  activeMs: study.activeMs + Math.max(0, Math.round(ms)),
})

export const addEnergy = (study: Study, more: Energy): Study =>
  more.measuredMs > 0
    ? {
        ...study,
        energy: {
          joules: (study.energy?.joules ?? 0) + more.joules,
          measuredMs: (study.energy?.measuredMs ?? 0) + more.measuredMs,
        },
      }
    : study

export const recordScore = (study: Study, which: 'best' | 'baseline', score: Score): Study =>
  which === 'best' ? {...study, score} : {...study, baselineScore: score}

export const completeStudy = (study: Study, nowMs: number): Study => ({
  ...study,
  state: 'complete',
  finishedAtMs: nowMs,
})

export const failStudy = (study: Study, reason: string, nowMs: number): Study => ({
  ...setBackRunningTrials(study),
  state: 'failed',
  reason,
  finishedAtMs: nowMs,
})

/** Stops the study until it is resumed; its running trials start again then. */
export const pauseStudy = (study: Study, reason: string): Result<Study> =>
  study.state === 'queued' || study.state === 'running'
    ? ok({...setBackRunningTrials(study), state: 'paused', reason})
    : refuse(`Expected a queued or running study to pause, but ${study.id} is ${study.state}.`)

/** Puts a paused study back into the queue, at its old place. */
export const resumeStudy = (study: Study): Result<Study> =>
  study.state === 'paused'
    ? ok({...without(study, 'reason'), state: 'queued', resumedAtTrial: study.trials.length})
    : refuse(`Expected a paused study to resume, but ${study.id} is ${study.state}.`)

/** Ends the study for good; what it has learned stays. */
export const cancelStudy = (study: Study, nowMs: number): Result<Study> =>
  isFinished(study)
    ? refuse(`Expected an unfinished study to cancel, but ${study.id} is ${study.state}.`)
    : ok({
        ...without(setBackRunningTrials(study), 'reason'),
        state: 'canceled',
        finishedAtMs: nowMs,
      })

export const mostNoteLetters = 10_000

/** Keeps what a person wrote about the study, whatever its state; nothing but white space removes it. */
export const noteOn = (study: Study, text: string): Result<Study> => {
  const notes = text.replaceAll('\r\n', '\n').trim()
  if (notes.length > mostNoteLetters) {
    return refuse(
      `notes: expected at most ${mostNoteLetters} letters, got ${notes.length}. Shorten them.`,
    )
  }
  return ok(notes === '' ? without(study, 'notes') : {...study, notes})
}

export const isFinished = (study: Study): boolean =>
  study.state === 'complete' || study.state === 'failed' || study.state === 'canceled'

type RunningTrial = Extract<Trial, {state: 'running'}>

/** Ends a running trial with one value an objective, or as failed where one is missing. */
const endWithValues = (
  study: Study,
  id: number,
  spent: Spent,
  endOf: (
    kept: Omit<RunningTrial, 'state' | 'progress'> & {readonly values: readonly number[]},
  ) => Trial,
): Study =>
  changeRunning(study, id, (trial) => {
    const {progress: _, ...kept} = trial
    const {durationMs, joules} = spent
    const measured = {duration_ms: durationMs, joules}
    const values: number[] = []
    for (const {metric} of study.settings.objectives) {
      const value = isMeasured(metric) ? measured[metric] : lastValue(trial.epochs, metric)
      if (value === undefined) {
        const message = `Expected the trial to report a finite \`${metric}\`, got ${found(metric, trial.epochs)}.`
        const reason = {kind: 'invalid', message} as const
        return {
          ...kept,
          state: 'failed',
          durationMs,
          ...(joules === undefined ? {} : {joules}),
          reason,
        }
      }
      values.push(value)
    }
    return endOf({...kept, values})
  })

const changeRunning = (study: Study, id: number, change: (trial: RunningTrial) => Trial): Study => {
  const trial = study.trials[id]
  return trial?.state === 'running' ? withTrial(study, change(trial)) : study
}

/** Trials stand at the index of their number. */
const withTrial = (study: Study, trial: Trial): Study => {
  const trials = [...study.trials]
  trials[trial.id] = trial
  return {...study, trials}
}

const without = <K extends keyof Study>(study: Study, key: K): Omit<Study, K> => {
  const {[key]: _, ...rest} = study
  return rest
}

const lastValue = (epochs: readonly Epoch[], metric: string): number | undefined => {
  const value = epochs.findLast((epoch) => metric in epoch.metrics)?.metrics[metric]
  return Number.isFinite(value) ? value : undefined
}

const found = (metric: string, epochs: readonly Epoch[]): string => {
  if (isMeasured(metric)) return 'no reading of the power while it ran'
  const names = new Set(epochs.flatMap((epoch) => Object.keys(epoch.metrics)))
  return names.size ? `only ${[...names].join(', ')}` : 'no metrics at all'
}
