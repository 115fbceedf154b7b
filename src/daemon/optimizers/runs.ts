/**
 * A search that starts again when it has converged, told from the history alone: a run is an initial design and what
 * followed it.
 */
import type {Observation} from './optimizer.ts'

/** What a search keeps count of from trial to trial. */
export interface Search<State> {
  /** How many trials the initial design of a run has. */
  readonly designSize: number
  /** The state once the design is known. */
  readonly begin: (design: readonly Observation[]) => State
  readonly next: (state: State, loss: number) => State
  readonly hasConverged: (state: State) => boolean
}

export type Run<State> = {
  /** The number of its first trial. */
  readonly start: number
  readonly trials: readonly Observation[]
  /** Absent while trials of the design are missing. */
  readonly state?: State
}

/** The run that the next trial belongs to. `trials` are in their order. */
export const latestRun = <State>(
  trials: readonly Observation[],
  search: Search<State>,
): Run<State> => {
  let start = 0
  let from = 0
  let state: State | undefined
  trials.forEach(({trial, loss}, i) => {
    if (state === undefined) {
      // Trials that were under way when the last run ended take the first places of the new design.
      if (trial - start + 1 >= search.designSize) state = search.begin(trials.slice(from, i + 1))
      return
    }
    state = search.next(state, loss)
    if (!search.hasConverged(state)) return
    start = trial + 1
    from = i + 1
    state = undefined
  })
  return {start, trials: trials.slice(from), state}
}
