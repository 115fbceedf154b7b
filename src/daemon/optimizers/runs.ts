/**
 * A search that starts again when it has converged, told from the history alone: a run is an initial design and what
 * followed it. A search may share a study with others; it learns from their trials too, but counts only its own.
 */
import type {Observation} from './optimizer.ts'

/** What a search keeps count of from trial to trial. */
export interface Search<State> {
  /** How many trials the initial design of a run has. */
  readonly designSize: number
  /** The state once the design is known, whose best loss it is given. */
  readonly begin: (bestLoss: number) => State
  /** The state after a trial of its own. */
  readonly next: (state: State, loss: number) => State
  /** The state after a trial that others suggested. */
  readonly learn: (state: State, loss: number) => State
  readonly hasConverged: (state: State) => boolean
}

export type Run<State> = {
  /** The trials since the run began, of others too. */
  readonly trials: readonly Observation[]
  /** The number of the trial that the run began with: where the chance of its design comes from. */
  readonly start: number
  /** How many of the search's own trials came before the next one in this run. */
  readonly place: number
  /** Absent while trials of the design are missing. */
  readonly state?: State
}

/**
 * The run that trial `next` belongs to. `trials` are in their order. `owns` tells whose a trial is by its number: it must
 * own `next`.
 */
export const latestRun = <State>(
  trials: readonly Observation[],
  next: number,
  search: Search<State>,
  owns: (trial: number) => boolean = () => true,
): Run<State> => {
  let start = 0
  let from = 0
  let state: State | undefined
  const placeOf = (trial: number) => countOwned(start, trial, owns)

  trials.forEach(({trial, loss}, i) => {
    if (state !== undefined) {
      state = owns(trial) ? search.next(state, loss) : search.learn(state, loss)
      if (!search.hasConverged(state)) return
      // Trials that are under way now will take the first places of the new design.
      start = trial + 1
      from = i + 1
      state = undefined
    } else if (placeOf(trial + 1) >= search.designSize) {
      state = search.begin(smallest(trials.slice(from, i + 1)))
    }
  })
  return {trials: trials.slice(from), start, place: placeOf(next), ...(state && {state})}
}

const countOwned = (from: number, to: number, owns: (trial: number) => boolean): number => {
  let count = 0
  for (let trial = from; trial < to; trial++) if (owns(trial)) count++
  return count
}

const smallest = (trials: readonly Observation[]): number =>
  trials.reduce((best, {loss}) => Math.min(best, loss), Infinity)
