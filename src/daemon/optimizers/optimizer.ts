/**
 * Suggests the next trial. An optimizer is a pure function of what it is given: it keeps no state, so a resumed study
 * goes on exactly as an unbroken one.
 */
import type {Point, Space} from '../space/space.ts'

/** `auto` is the best default. */
export const optimizerNames = [
  'auto',
  'random',
  'tpe',
  'srbf',
  'dycors',
  'turbo-1',
  'turbo-m',
  'tusot',
] as const
export type OptimizerName = (typeof optimizerNames)[number]

/** A finished trial. A failed one has a loss of +Infinity; NaN never gets here. */
export type Observation = {
  readonly trial: number
  readonly point: Point
  readonly loss: number
}

/** A trial that was suggested and has no result yet. */
export type PendingTrial = {readonly trial: number; readonly point: Point}

export type Ask = {
  readonly space: Space
  /** In the order of the trials' numbers. */
  readonly history: readonly Observation[]
  readonly pending: readonly PendingTrial[]
  readonly seed: number
  /** The number of the trial that the suggestion is for; its chance is drawn from (seed, trial). */
  readonly trial: number
  /** How many trials there will be, where that is known. */
  readonly budgetTrials?: number
}

export interface Optimizer {
  readonly name: OptimizerName
  /** One suggestion: inside the bounds, on the steps, with just the active parameters. Smaller losses are better. */
  readonly suggest: (ask: Ask) => Point
  /**
   * One loss for each trial of a study with several objectives, as the suggestion for trial `trial` should see them:
   * `losses` holds a row a trial, a failed one's is +Infinity throughout. Absent where an optimizer knows one objective
   * only.
   */
  readonly combineObjectives?: (
    losses: readonly (readonly number[])[],
    chance: {readonly seed: number; readonly trial: number},
  ) => readonly number[]
}
