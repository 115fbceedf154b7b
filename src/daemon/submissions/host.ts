/** What a study's settings depend on of the machine that will run it. Pure. */

export type Host = {
  /** False only where it is known that no sensor measures the power. */
  readonly measuresPower: boolean
  /** Trials of a model that it trains side by side unless a study says otherwise. */
  readonly trialsAtOnce: number
}

/** A training process and the pictures it learns from; TensorFlow's own takes this much, ours a third of it. */
const bytesPerTrial = 400 * 2 ** 20

/**
 * One core is left to the queue and the pages, half the memory to everything else. On a Jetson it is one trial at once:
 * they would take turns on its GPU, and share its memory with it.
 */
export const trialsAtOnce = (machine: {
  readonly kind: string
  readonly cores: number
  readonly memoryBytes: number
}): number =>
  machine.kind === 'jetson'
    ? 1
    : Math.max(
        1,
        Math.min(16, machine.cores - 1, Math.floor(machine.memoryBytes / 2 / bytesPerTrial)),
      )
