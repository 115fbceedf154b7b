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

/** `itemsAtOnce` bounds a piece where the pace does not; the pace's pause comes only after its own micro-batch. */
export const createRhythm = (options: {
  readonly pace: () => Pace
  readonly itemsAtOnce: number
  readonly signal: AbortSignal
  readonly clock: Clock
}): Rhythm => {
  const {signal, clock} = options
  let lastBreathMs = clock.monotonicMs()

  const breathe = async (pauseMs: number) => {
    if (pauseMs > 0) await setTimeout(pauseMs, undefined, {signal})
    else if (clock.monotonicMs() - lastBreathMs < breathEveryMs) return
    else await setImmediate()
    signal.throwIfAborted()
    lastBreathMs = clock.monotonicMs()
  }

  return {
    inPieces: async (items, work) => {
      signal.throwIfAborted()
      let sincePause = 0
      for (let start = 0; start < items.length; ) {
        const room = Math.max(1, options.pace().microBatch - sincePause)
        const end = Math.min(items.length, start + Math.min(room, options.itemsAtOnce))
        work(items.subarray(start, end))
        sincePause += end - start
        start = end
        // Asked again: a message may have changed it.
        const {microBatch, pauseMs} = options.pace()
        const isPauseDue = sincePause >= microBatch || end === items.length
        await breathe(isPauseDue ? pauseMs : 0)
        if (isPauseDue) sincePause = 0
      }
    },
  }
}
