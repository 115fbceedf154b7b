import {clampPace, type Pace} from '../throttle/pace.ts'
import type {Outcome} from '../trials/outcome.ts'
import type {TrialRun} from '../trials/trial-run.ts'
import {afterOutOfMemory} from './after-out-of-memory.ts'

/** A run that begins again with a smaller micro-batch when it runs out of memory; from outside it is one run. */
export const startRetryingRun = (options: {
  /** The optimizer's batch: more samples are never on the device at once. */
  readonly batch: number
  /** The largest micro-batch that is known to fit, where it is known. */
  readonly microBatchCap?: number
  readonly pace: Pace
  readonly start: (pace: Pace) => TrialRun
  /** It begins again from its start. */
  readonly onRetry: (microBatch: number, tooLarge: number, why: string) => void
  /** It came to its end after it had failed for lack of memory with micro-batches from `tooLarge` up. */
  readonly onFits: (tooLarge: number) => void
}): TrialRun => {
  const {batch, start} = options
  let cap = options.microBatchCap
  let {pace} = options
  let isStopping = false
  const tooLarge: number[] = []
  let run = start(clampPace(pace, cap))

  const settle = async (): Promise<Outcome> => {
    const outcome = await run.outcome
    if (outcome.kind === 'done' && tooLarge.length > 0) options.onFits(Math.min(...tooLarge))
    if (outcome.kind !== 'failed' || outcome.reason.kind !== 'out-of-memory') return outcome
    if (isStopping) return {kind: 'stopped'}
    const tried = Math.min(batch, outcome.microBatch ?? clampPace(pace, cap).microBatch)
    tooLarge.push(tried)
    const next = afterOutOfMemory(tooLarge, outcome.reason)
    if (next.kind === 'fail') return {kind: 'failed', reason: next.reason}
    cap = next.microBatch
    options.onRetry(cap, tried, outcome.reason.message)
    run = start(clampPace(pace, cap))
    return settle()
  }

  return {
    outcome: settle(),
    setPace: (next) => {
      pace = next
      run.setPace(clampPace(pace, cap))
    },
    stop: () => {
      isStopping = true
      run.stop()
    },
  }
}
