import {setImmediate, setTimeout} from 'node:timers/promises'
import type {Clock} from '../../base/clock.ts'
import type {Pace} from '../../throttle/pace.ts'

/** Does work piece by piece, no faster than the pace of the moment allows, and lets messages in between. */
export interface Rhythm {
  /** Cuts `items` into pieces for `work`. Rejects with the signal's reason when it is aborted. */
  readonly inPieces: (items: Uint32Array, work: (piece: Uint32Array) => void) => Promise<void>
}

/** Messages wait at most this long, or for one piece. */
const breathEveryMs = 50
/** A timer is late by a millisecond or so: shorter rests are put together. */
const leastRestMs = 5
/** A rest is cut up, so that a new pace is obeyed at once. */
const longestNapMs = 100

/** `itemsAtOnce` bounds a piece where the pace does not. */
export const createRhythm = (options: {
  readonly pace: () => Pace
  readonly itemsAtOnce: number
  readonly signal: AbortSignal
  readonly clock: Clock
}): Rhythm => {
  const {pace, signal, clock} = options
  let lastBreathMs = clock.monotonicMs()
  /** Rest that the work so far has yet to be paid for with; a rest that was too long counts for the next. */
  let owedMs = 0

  const nap = async (durationMs: number) => {
    const startMs = clock.monotonicMs()
    await setTimeout(durationMs, undefined, {signal})
    lastBreathMs = clock.monotonicMs()
    // What stood still for long has not earned the right to hurry.
    owedMs = Math.max(-longestNapMs, owedMs - (lastBreathMs - startMs))
  }

  const rest = async () => {
    // Asked again after each nap: a message may have changed it.
    while (pace().duty === 0) await nap(longestNapMs)
    while (owedMs >= leastRestMs && pace().duty < 1) await nap(Math.min(owedMs, longestNapMs))
  }

  const breathe = async () => {
    if (clock.monotonicMs() - lastBreathMs >= breathEveryMs) {
      await setImmediate()
      lastBreathMs = clock.monotonicMs()
    }
    await rest()
    signal.throwIfAborted()
  }

  return {
    inPieces: async (items, work) => {
      signal.throwIfAborted()
      await rest()
      for (let start = 0; start < items.length; ) {
        const {microBatch, duty} = pace()
        const end = Math.min(items.length, start + Math.min(microBatch, options.itemsAtOnce))
        const startMs = clock.monotonicMs()
        work(items.subarray(start, end))
        const workedMs = clock.monotonicMs() - startMs
        owedMs = duty < 1 ? owedMs + (workedMs * (1 - duty)) / duty : 0
        start = end
        await breathe()
      }
    },
  }
}
