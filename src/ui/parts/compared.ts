/** A study as it stands beside others: its result in a line, and how it got there. Pure. */
import {lossOf} from '../../daemon/studies/objectives.ts'
import type {Energy, Objective, Study} from '../../daemon/studies/study.ts'
import {bestTrial, countEnded} from '../../daemon/studies/summary.ts'
import type {Point} from './thin-points.ts'

export type Compared = {
  readonly label: string
  /** Absent where the study is not on this box. */
  readonly path?: string
  readonly state: Study['state']
  readonly objective: Objective
  /** The best value of the first objective. */
  readonly best?: number
  readonly endedTrials: number
  readonly activeMs: number
  readonly energy?: Energy
  readonly optimizer: string
  readonly backend?: string
  readonly machine: string
  readonly ends: readonly TrialEnd[]
}

/** A trial that is over; without a value it failed or was pruned. */
type TrialEnd = {
  readonly trial: number
  readonly startedAtMs: number
  readonly durationMs: number
  readonly value?: number
}

export const comparedOf = (study: Study, machine: string): Compared => {
  const best = bestTrial(study)
  return {
    label: study.settings.name,
    path: `/studies/${study.id}`,
    state: study.state,
    objective: study.settings.objectives[0],
    ...(best ? {best: best.values[0], backend: best.backend} : {}),
    endedTrials: countEnded(study),
    activeMs: study.activeMs,
    ...(study.energy ? {energy: study.energy} : {}),
    optimizer: study.settings.optimizer,
    machine,
    ends: study.trials.flatMap((trial): readonly TrialEnd[] => {
      if (trial.state === 'waiting' || trial.state === 'running') return []
      const {id, startedAtMs, durationMs} = trial
      const end = {trial: id, startedAtMs, durationMs}
      return [trial.state === 'complete' ? {...end, value: trial.values[0]} : end]
    }),
  }
}

/** The first trial with the best value. */
export const bestOf = (
  ends: Compared['ends'],
  objective: Objective,
): Compared['ends'][number] | undefined =>
  ends.reduce<Compared['ends'][number] | undefined>((best, end) => {
    if (end.value === undefined) return best
    return best?.value === undefined || lossOf(objective, end.value) < lossOf(objective, best.value)
      ? end
      : best
  }, undefined)

/** The best value so far against the number of trials, up to the last one. */
export const bestByTrial = ({ends, objective}: Compared): readonly Point[] =>
  bestAlong(
    ends.toSorted((a, b) => a.trial - b.trial).map((end) => [end.trial + 1, end.value]),
    objective,
  )

/** The best value so far against the time, in ms, in which trials ran: pauses and the night in between don't count. */
export const bestByTime = ({ends, objective}: Compared): readonly Point[] => {
  const worked = workedMs(ends)
  return bestAlong(
    ends
      .map((end): readonly [number, number | undefined] => [worked.get(end) ?? 0, end.value])
      .sort(([a], [b]) => a - b),
    objective,
  )
}

const endMs = ({startedAtMs, durationMs}: TrialEnd): number => startedAtMs + durationMs

const bestAlong = (
  values: readonly (readonly [x: number, value: number | undefined])[],
  objective: Objective,
): readonly Point[] => {
  let best: number | undefined
  return values.flatMap(([x, value]): readonly Point[] => {
    if (
      value !== undefined &&
      (best === undefined || lossOf(objective, value) < lossOf(objective, best))
    ) {
      best = value
    }
    return best === undefined ? [] : [[x, best]]
  })
}

/** How long at least one trial had run, by the end of each. Trials side by side count once. */
const workedMs = (ends: readonly TrialEnd[]): ReadonlyMap<TrialEnd, number> => {
  const worked = new Map<TrialEnd, number>()
  let busy = {startMs: 0, endMs: Number.NEGATIVE_INFINITY, beforeMs: 0}
  for (const end of ends.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    if (end.startedAtMs > busy.endMs) {
      const beforeMs = worked.size > 0 ? busy.beforeMs + busy.endMs - busy.startMs : 0
      busy = {startMs: end.startedAtMs, endMs: end.startedAtMs, beforeMs}
    }
    busy.endMs = Math.max(busy.endMs, endMs(end))
    worked.set(end, busy.beforeMs + endMs(end) - busy.startMs)
  }
  return worked
}
