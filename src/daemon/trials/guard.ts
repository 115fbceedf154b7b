import type {FailureReason} from '../studies/study.ts'
import {reasonOfMemory, reasonOfSilence, type TrialLimits} from './trial-limits.ts'

/** Watches over a running trial. */
export interface Guard {
  /** The trial said something. */
  readonly hear: () => void
  readonly release: () => void
}

const lookEveryMs = 1_000

/** Looks once a second, and calls `onBroken` at most once. What can't be known breaks no limit. */
export const startGuard = (options: {
  readonly limits: TrialLimits
  readonly readMemory: (limitBytes: number) => Promise<number | undefined>
  /** Share of the time in which it may run at all, 0–1: what stands still is not silent. */
  readonly shareOfTime: () => number
  /** The setting to raise for one that was only slow. */
  readonly silenceSetting: string
  readonly onBroken: (reason: FailureReason) => void
}): Guard => {
  const {
    limits: {memoryBytes, silenceMs},
    onBroken,
  } = options
  // Counted by looks and not by the clock: after the machine slept, the trial gets its time to speak.
  let silentForMs = 0
  let isLooking = false
  let isOver = false

  const end = (reason: FailureReason) => {
    if (isOver) return
    release()
    onBroken(reason)
  }
  const lookAtMemory = async (limitBytes: number) => {
    if (isLooking) return
    isLooking = true
    const usedBytes = await options.readMemory(limitBytes)
    isLooking = false
    if (usedBytes !== undefined && usedBytes > limitBytes)
      end(reasonOfMemory(usedBytes, limitBytes))
  }
  const look = () => {
    if (memoryBytes !== undefined) void lookAtMemory(memoryBytes)
    silentForMs += lookEveryMs * options.shareOfTime()
    if (silenceMs !== undefined && silentForMs > silenceMs) {
      end(reasonOfSilence(silenceMs, options.silenceSetting))
    }
  }
  const timer = setInterval(look, lookEveryMs)
  timer.unref()
  const release = () => {
    isOver = true
    clearInterval(timer)
  }
  return {
    hear: () => {
      silentForMs = 0
    },
    release,
  }
}
