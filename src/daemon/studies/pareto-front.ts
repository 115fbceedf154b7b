/** The trials that a study with two objectives ends with: those that no other one beats in everything. Pure. */
import {lossesOf} from './objectives.ts'
import type {Objective} from './study.ts'

/**
 * The trials that no other one dominates, best in the first objective first. Of trials with the same values only the
 * first is a member; with one objective that is the first of the best.
 */
export const paretoFront = <T extends {readonly values: readonly number[]}>(
  trials: readonly T[],
  objectives: readonly Objective[],
): readonly T[] => {
  const rows = trials.map((trial) => ({trial, losses: lossesOf(objectives, trial.values)}))
  const front: (typeof rows)[number][] = []
  // In this order a trial can be dominated by an earlier one alone.
  for (const row of rows.sort((a, b) => compareLosses(a.losses, b.losses))) {
    if (!front.some(({losses}) => isNoWorse(losses, row.losses))) front.push(row)
  }
  return front.map(({trial}) => trial)
}

/** By the first loss in which they differ; negative where `a` is better. */
export const compareLosses = (a: readonly number[], b: readonly number[]): number => {
  const first = a.findIndex((loss, i) => loss !== b[i])
  return first < 0 ? 0 : a[first] - b[first]
}

/** Whether `a` is at least as good as `b` in every objective: it dominates `b`, or is its equal. */
const isNoWorse = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((loss, i) => loss <= b[i])
