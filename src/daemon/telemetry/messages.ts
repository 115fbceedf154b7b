import type {Machine, Reading} from './reading.ts'

/** What the thread that reads is started with. */
export type ThreadOptions = {
  readonly root: string
  /** Shows the file that is asked right now. */
  readonly current: SharedArrayBuffer
}

/** Asks the thread for a reading. Files, and folders with all that is in them, that hang are left alone. */
export type ToThread = {readonly kind: 'describe' | 'read'; readonly avoided: readonly string[]}

export type FromThread =
  | {readonly kind: 'machine'; readonly machine: Machine}
  | {readonly kind: 'reading'; readonly reading: Reading}
