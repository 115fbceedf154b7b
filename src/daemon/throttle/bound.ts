import type {Pace} from './pace.ts'

/** What a guard allows, and why not more. What it does not mention is free. */
export type Bound = {
  readonly microBatch?: number
  readonly duty?: number
  /** W that training may take, as a mean, on top of what the board takes anyway. */
  readonly trainingW?: number
  /** Half a sentence that a person understands: `the CPU is at 71.5 °C and its limit is 70 °C`. */
  readonly why: string
}

/** For a device that nobody can see the state of: little heat, little memory, and it still gets on. */
export const gentlestPace: Pace = {microBatch: 8, duty: 0.1}
