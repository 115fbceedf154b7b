/** A trial under way in a process of its own. It may be killed at any instant and loses nothing but its own work. */
import type {Epoch, Progress} from '../studies/study.ts'
import type {Pace} from '../throttle/pace.ts'
import type {Outcome} from './outcome.ts'
import type {TrialLimits} from './trial-limits.ts'

export interface TrialRun {
  /** Settles once; never rejects. */
  readonly outcome: Promise<Outcome>
  /** Changes how fast it runs, not what it computes. */
  readonly setPace: (pace: Pace) => void
  /** Asks politely, then insists. The outcome is `stopped`, unless the trial ended first. */
  readonly stop: () => void
}

/** How a trial begins. */
export type TrialStart = {
  readonly pace: Pace
  readonly limits: TrialLimits
  readonly listener: TrialListener
}

export type TrialListener = {
  readonly onProgress: (progress: Progress) => void
  readonly onEpoch: (epoch: Epoch) => void
}

/** How long a process may take to obey before the next stronger word. */
export const patienceMs = 5_000
