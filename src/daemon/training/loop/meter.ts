import type {Clock} from '../../base/clock.ts'
import type {Progress} from '../../studies/study.ts'

/** Counts what training does and how long it takes: pauses included, validation and testing not. */
export interface Meter {
  readonly start: () => void
  /** To be told of every piece of work. */
  readonly add: (samples: number) => void
  readonly endStep: () => void
  readonly stop: () => void
  /** Samples per second of training so far; 0 before any. */
  readonly samplesPerSecond: () => number
}

const reportEveryMs = 250

/** Reports at most four times a second, with the speed since the report before. */
export const createMeter = (options: {
  readonly steps: number
  readonly clock: Clock
  readonly report: (progress: Progress) => void
}): Meter => {
  const {clock, steps, report} = options
  let step = 0
  let samples = 0
  let elapsedMs = 0
  let startedMs = 0
  let reported = {samples: 0, elapsedMs: 0}

  const trainingMs = () => elapsedMs + clock.monotonicMs() - startedMs

  return {
    start: () => {
      startedMs = clock.monotonicMs()
    },
    add: (count) => {
      samples += count
      const nowMs = trainingMs()
      const sinceMs = nowMs - reported.elapsedMs
      if (sinceMs < reportEveryMs) return
      report({step, steps, samplesPerSecond: (1000 * (samples - reported.samples)) / sinceMs})
      reported = {samples, elapsedMs: nowMs}
    },
    endStep: () => {
      step++
    },
    stop: () => {
      elapsedMs = trainingMs()
    },
    samplesPerSecond: () => (elapsedMs > 0 ? (1000 * samples) / elapsedMs : 0),
  }
}
