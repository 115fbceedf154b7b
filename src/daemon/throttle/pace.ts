/** How fast a trial may run. It changes the speed, never the mathematics: a batch is cut up and its gradients add up. */
export type Pace = {
  /** The most samples on the device at once; a larger batch is cut into micro-batches of this size. */
  readonly microBatch: number
  /** Share of the time in which it may compute, 0–1: it rests between micro-batches. At 0 it stands still. */
  readonly duty: number
}

/** The pace, with no more samples at once than `microBatchCap`; none where that is absent. */
export const clampPace = (pace: Pace, microBatchCap?: number): Pace => ({
  ...pace,
  microBatch: Math.min(pace.microBatch, microBatchCap ?? pace.microBatch),
})

/** No brake at all. */
export const fullPace: Pace = {microBatch: 4096, duty: 1}
