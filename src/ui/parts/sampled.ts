/** What of many trials is drawn: the best tenth, and the others as far as a picture bears them. Pure. */
import {lossOf} from '../../daemon/studies/objectives.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {type CompleteTrial, completeTrials} from '../../daemon/studies/summary.ts'

/** The complete trials of a study by one objective. */
export type Sampled = {
  readonly metric: string
  readonly resultOf: (trial: CompleteTrial) => number
  /** How many complete trials there are. */
  readonly count: number
  /** The best tenth, or as many of them as fit, best first. */
  readonly best: readonly CompleteTrial[]
  /** As many of the others as fit, evenly chosen. */
  readonly others: readonly CompleteTrial[]
}

export const sampledTrials = (study: Study, objectiveIndex: number, most: number): Sampled => {
  const objective = study.settings.objectives[objectiveIndex]
  const resultOf = ({values}: CompleteTrial) => values[objectiveIndex]
  const trials = completeTrials(study)
  const ranked = trials.toSorted(
    (a, b) => lossOf(objective, resultOf(a)) - lossOf(objective, resultOf(b)),
  )
  const tenth = Math.ceil(ranked.length / 10)
  const best = ranked.slice(0, Math.min(tenth, Math.ceil(most / 4)))
  return {
    metric: objective.metric,
    resultOf,
    count: trials.length,
    best,
    others: evenly(ranked.slice(tenth), most - best.length),
  }
}

/** At most `most` of the items, from the first to the last. */
export const evenly = <T>(items: readonly T[], most: number): readonly T[] => {
  if (items.length <= most) return items
  const step = (items.length - 1) / Math.max(1, most - 1)
  return Array.from({length: most}, (_, i) => items[Math.round(i * step)])
}

/** `The best tenth stands out.`, and how many there are where not all are drawn. */
export const sampledWords = ({count, best, others}: Sampled): string => {
  const shown = best.length + others.length
  return shown < count
    ? `The best tenth stands out. ${shown} of ${count} complete trials are drawn, evenly chosen.`
    : 'The best tenth stands out.'
}
