/** The facade that the pages, the API and the command line see. Everything behind it can be rebuilt without them. */
import type {Result} from './base/result.ts'
import type {DatasetSummary} from './datasets/dataset.ts'
import type {ExportFormat} from './exports/formats.ts'
import type {Study} from './studies/study.ts'
import type {Machine, Reading} from './telemetry/reading.ts'
import type {Order} from './throttle/throttle.ts'

export interface Daemon {
  /** Checks a study file (parsed YAML, JSON or form) and puts it at the end of the queue. */
  readonly submit: (studyFile: unknown) => Promise<Result<Study>>
  readonly pause: (id: string) => Promise<Result<Study>>
  readonly resume: (id: string) => Promise<Result<Study>>
  readonly cancel: (id: string) => Promise<Result<Study>>
  /** In queue order, running trials with their progress. */
  readonly studies: () => readonly Study[]
  readonly study: (id: string) => Study | undefined
  readonly export: (id: string, format: ExportFormat) => Result<ExportedFile>
  readonly datasets: () => Promise<readonly DatasetSummary[]>
  readonly machine: Machine
  /** The last hour, one a second, oldest first. */
  readonly readings: () => readonly Reading[]
  /** The throttle's last orders, oldest first. */
  readonly orders: () => readonly Order[]
  /** What the box does now, in a sentence: `Training trial 7 of simpsons-lenet`, `Waiting: nothing is queued`. */
  readonly activity: () => string
  /** What a person should know about this start: damage found, settings that were not used. */
  readonly notices: () => readonly string[]
  /** Tells of every change until the returned function is called. */
  readonly subscribe: (listener: (event: DaemonEvent) => void) => () => void
}

export type DaemonEvent =
  | {readonly kind: 'study'; readonly id: string}
  | {readonly kind: 'reading'; readonly reading: Reading}
  | {readonly kind: 'order'; readonly order: Order}

export type ExportedFile = {
  readonly fileName: string
  readonly contentType: string
  readonly text: string
}
