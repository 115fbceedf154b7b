/**
 * The words of the product: study, trial, objective, result. Data only; what may happen to them is in transitions.ts.
 * This folder never does anything: no clock, no files, no chance.
 */
import type {OptimizerName} from '../optimizers/optimizer.ts'
import type {Pruner} from '../pruners/pruner.ts'
import type {Params, Point, Space} from '../space/space.ts'

export type StudyId = string & {readonly brand: 'StudyId'}

export type Objective = {readonly metric: string; readonly goal: 'maximize' | 'minimize'}

/** What a trial does: train our own model on a data set, or run a program of the user's. */
export type Task =
  | {readonly kind: 'model'; readonly model: 'lenet5'; readonly dataset: string}
  | {
      readonly kind: 'command'
      readonly command: string
      /** How long it may print nothing before it counts as stuck. Absent: as long as it likes. */
      readonly silenceS?: number
    }

/** What was asked for: the study file, checked. */
export type StudySettings = {
  readonly name: string
  readonly task: Task
  readonly space: Space
  /** The space as the user wrote it, for showing and exporting. */
  readonly spaceSource: unknown
  readonly optimizer: OptimizerName
  /** Points to try before the optimizer is asked, in this order. */
  readonly first?: readonly Point[]
  /** One or two; the first says which trial is the best. */
  readonly objectives: readonly Objective[]
  readonly budget: {readonly trials?: number; readonly hours?: number}
  readonly seed: number
  /** Stops trials that are not worth going on with. Absent: each runs to its end. */
  readonly pruner?: Pruner
  /** How many trials may run at once. */
  readonly parallel: number
  /** The share (0–1) of the training set that is held out for validation. */
  readonly validationShare: number
  /** Whether the model's own default setting is also scored on the test set, for comparison. */
  readonly baseline: boolean
  /** Overrides the machine's own set-point for this study. */
  readonly temperatureLimitC?: number
}

/** What was measured after one epoch; `metrics` holds `train_loss`, `val_loss`, `val_accuracy`, … */
export type Epoch = {readonly epoch: number; readonly metrics: Readonly<Record<string, number>>}

export type FailureReason =
  | {readonly kind: 'diverged'; readonly message: string}
  | {readonly kind: 'out-of-memory'; readonly message: string}
  | {readonly kind: 'crashed'; readonly message: string}
  /** It said nothing for too long. */
  | {readonly kind: 'timed-out'; readonly message: string}
  | {readonly kind: 'invalid'; readonly message: string}
  | {readonly kind: 'canceled'; readonly message: string}

/** Why a trial was stopped before its end; `kind` is the rule that it did not meet. */
export type PruningReason = {readonly kind: Pruner['name']; readonly message: string}

type TrialBase = {
  readonly id: number
  readonly point: Point
  readonly params: Params
}

/** What an ended trial took. */
export type Spent = {
  /** From its first start to its end: of a trial that began again for lack of memory, all tries together. */
  readonly durationMs: number
  /** Its share of the whole board's energy in that time. Absent where nothing measures the power. */
  readonly joules?: number
}

/** Where a running trial stands. Kept in memory only: a restart loses it, and the trial starts again. */
export type Progress = {
  readonly step: number
  readonly steps: number
  readonly samplesPerSecond: number
}

/** What became of a trial. Each state carries only what is true in it. */
export type Trial =
  /** Suggested, not running: set back by a restart or a pause. */
  | (TrialBase & {readonly state: 'waiting'})
  | (TrialBase & {
      readonly state: 'running'
      readonly startedAtMs: number
      readonly epochs: readonly Epoch[]
      readonly progress?: Progress
    })
  | (TrialBase &
      Spent & {
        readonly state: 'complete'
        readonly startedAtMs: number
        readonly epochs: readonly Epoch[]
        /** One an objective, each in its own direction. */
        readonly values: readonly number[]
        readonly samplesPerSecond: number
        readonly backend: string
      })
  /** Stopped by the study's pruner. That is a result like others, but never the best one and never scored. */
  | (TrialBase &
      Spent & {
        readonly state: 'pruned'
        readonly startedAtMs: number
        readonly epochs: readonly Epoch[]
        /** What it had reached after the last of its epochs, as of a complete trial. */
        readonly values: readonly number[]
        readonly reason: PruningReason
      })
  | (TrialBase &
      Spent & {
        readonly state: 'failed'
        readonly startedAtMs: number
        readonly epochs: readonly Epoch[]
        readonly reason: FailureReason
      })

/** Energy of the whole board, over the time in which its power was measured. */
export type Energy = {readonly joules: number; readonly measuredMs: number}

/** One setting scored once on the test set, after training on train and validation together. */
export type Score = {
  readonly params: Params
  readonly testAccuracy: number
  /** Wilson's 95 % interval of `testAccuracy`. */
  readonly interval95: readonly [number, number]
  readonly perClass: readonly {
    readonly name: string
    readonly count: number
    readonly accuracy: number
  }[]
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[]
  readonly samplesPerSecond: number
  readonly durationMs: number
  readonly backend: string
}

/** When a study ends, and how warm the box may become for it. Absent: no limit, or the box's own. */
export type Limits = {
  readonly trials?: number
  readonly hours?: number
  readonly temperatureLimitC?: number
}

/** That a person gave a study other limits: `after` holds for suggestions from `trial` on. */
export type LimitChange = {
  readonly atMs: number
  readonly trial: number
  readonly before: Limits
  readonly after: Limits
}

type StudyState = 'queued' | 'running' | 'paused' | 'complete' | 'failed' | 'canceled'

export type Study = {
  readonly id: StudyId
  /** Place in the queue: lower goes first. */
  readonly order: number
  readonly settings: StudySettings
  readonly state: StudyState
  /** Why it is paused or failed, in a sentence. */
  readonly reason?: string
  readonly createdAtMs: number
  readonly finishedAtMs?: number
  /** How many trials there were when a person last resumed it: failures before that are forgiven. */
  readonly resumedAtTrial?: number
  /** Time spent with trials running, over all restarts. */
  readonly activeMs: number
  /** What the board took while trials ran or a setting was scored, over all restarts. Absent where nothing measured it. */
  readonly energy?: Energy
  readonly trials: readonly Trial[]
  /** The best setting on the test set. Absent for commands, and until the study ends. */
  readonly score?: Score
  /** The model's default setting on the test set, where the study asked for it. */
  readonly baselineScore?: Score
  /** What a person wrote about it. */
  readonly notes?: string
  /** Oldest first. */
  readonly limitChanges?: readonly LimitChange[]
}
