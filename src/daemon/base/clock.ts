/** Time as an argument, so that tests can hold it still. */
export interface Clock {
  /** Wall-clock time in ms since 1970. It may jump: use it to show when, never to measure how long. */
  readonly nowMs: () => number
  /** Monotonic time in ms. Use it for durations. */
  readonly monotonicMs: () => number
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
