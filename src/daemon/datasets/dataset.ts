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

/** A data set as the person with the box sees it. */
export type DatasetDetails = Omit<DatasetSummary, 'state'> & {
  readonly attribution: string
  readonly trainCount: number
  readonly testCount: number
  /** The hosts of its files, or the mirror in their place; none where our own code draws it. */
  readonly sources: readonly string[]
  /** More than this is not downloaded; 0 where nothing is. */
  readonly mostDownloadBytes: number
  /** What it takes on the disk now: prepared, and as it was downloaded. */
  readonly storedBytes: number
  /** `partly`: some of its files are here, but it is not prepared. */
  readonly state: 'ready' | 'partly' | 'not-downloaded' | 'not-drawn'
}

/** Some pictures of each class, in the order of the classes, each class with as many. */
export type DatasetSamples = {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly classes: readonly string[]
  readonly perClass: number
  /** classes × perClass × height × width × channels; black where a class has fewer. */
  readonly pixels: Uint8Array
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
  /**
   * Reads all of a prepared set again; a damaged one is removed, so that the next `prepare` makes it anew. A check that was
   * called off by the signal removes nothing.
   */
  readonly verify: (
    name: string,
    options?: {readonly signal?: AbortSignal},
  ) => Promise<Result<undefined>>
  readonly describe: () => readonly DatasetDetails[]
  /** Deletes what is prepared of a set, and its downloaded files unless another set that is ready came from them. */
  readonly remove: (name: string) => Promise<Result<undefined>>
  /** Undefined where the set is not prepared. */
  readonly samples: (name: string, perClass: number) => Promise<DatasetSamples | undefined>
}

export type DatasetProgress = {
  readonly stage: 'download' | 'prepare'
  readonly done: number
  /** Absent where the home does not say how much there is. */
  readonly total?: number
  readonly unit: 'bytes' | 'images'
}
