import type {Result} from '../base/result.ts'

/** A labeled image set in memory. Pixels are bytes, row-major, channels last; the test set is seen once, at the end. */
export type Dataset = {
  readonly name: string
  readonly classes: readonly string[]
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly train: LabeledImages
  readonly test: LabeledImages
}

export type LabeledImages = {
  /** count × height × width × channels */
  readonly pixels: Uint8Array
  /** count: index into `classes` */
  readonly labels: Uint8Array
}

/** What is known of a data set without opening it. */
export type DatasetSummary = {
  readonly name: string
  readonly title: string
  readonly classes: readonly string[]
  /** Pictures to train with, those held out for validation among them. */
  readonly trainCount: number
  /** What a person must know before the first download. */
  readonly license: string
  readonly state: 'ready' | 'not-downloaded'
}

/** A data set on disk, ready to be read by a training process. */
export type PreparedDataset = {
  readonly name: string
  readonly file: string
  readonly classes: readonly string[]
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly trainCount: number
  readonly testCount: number
}

/** The data sets as the rest of the daemon sees them. */
export interface DatasetLibrary {
  readonly list: () => Promise<readonly DatasetSummary[]>
  /** Downloads, checks and prepares where needed; at once where it is ready. `report` hears of bytes on long work. */
  readonly prepare: (
    name: string,
    options?: {
      readonly signal?: AbortSignal
      readonly report?: (progress: DatasetProgress) => void
    },
  ) => Promise<Result<PreparedDataset>>
  /** Reads all of a prepared set again; a damaged one is removed, so that the next `prepare` makes it anew. */
  readonly verify: (name: string) => Promise<Result<undefined>>
}

export type DatasetProgress = {
  readonly stage: 'download' | 'prepare'
  readonly done: number
  /** Absent where the home does not say how much there is. */
  readonly total?: number
  readonly unit: 'bytes' | 'images'
}
