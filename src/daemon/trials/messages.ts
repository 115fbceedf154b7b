/** What the daemon and a training process say to each other. Both sides switch over these unions. */
import type {Params} from '../space/space.ts'
import type {Epoch, FailureReason, Score} from '../studies/study.ts'
import type {Pace} from '../throttle/pace.ts'

export const backendChoices = ['auto', 'tensorflow-gpu', 'tensorflow', 'wasm', 'cpu'] as const
export type BackendChoice = (typeof backendChoices)[number]
export type BackendName = Exclude<BackendChoice, 'auto'>

/** All that one training needs; the same job gives the same losses on one backend. */
export type TrainingJob = {
  readonly params: Params
  /** Weights, shuffling, dropout and augmentation are drawn from it. */
  readonly seed: number
  /** File of the prepared data set (`datasets/prepared.ts`). */
  readonly datasetFile: string
  /**
   * `validate` trains on the training set less a stratified validation share and measures on that share;
   * `score` trains on all of the training set and measures once on the test set.
   */
  readonly purpose:
    | {readonly kind: 'validate'; readonly validationShare: number; readonly splitSeed: number}
    | {readonly kind: 'score'}
}

export type ToTrainer =
  | {readonly kind: 'start'; readonly job: TrainingJob; readonly pace: Pace}
  | {readonly kind: 'pace'; readonly pace: Pace}
  /** Give up the job in hand at the next step. Answered by `failed` with reason `canceled`. */
  | {readonly kind: 'stop'}

export type FromTrainer =
  /**
   * Once, when a backend works. It never has more than `itemsAtOnce` samples on the device; `note` says why a better
   * backend was not taken.
   */
  | {
      readonly kind: 'ready'
      readonly backend: BackendName
      readonly itemsAtOnce: number
      readonly note?: string
    }
  /** Once a second while there is a job and nothing keeps the process from saying it, also while it stands still. */
  | {readonly kind: 'alive'}
  /** At most four times a second. */
  | {
      readonly kind: 'progress'
      readonly step: number
      readonly steps: number
      readonly samplesPerSecond: number
    }
  | {readonly kind: 'epoch'; readonly epoch: Epoch}
  | {
      readonly kind: 'done'
      readonly samplesPerSecond: number
      /** Present when the purpose was `score`. `params` are the job's. */
      readonly score?: Score
    }
  | {readonly kind: 'failed'; readonly reason: FailureReason}
