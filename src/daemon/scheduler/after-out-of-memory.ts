/** What becomes of a trial that ran out of memory. Pure. */
import type {FailureReason} from '../studies/study.ts'

const mostRetries = 3

/**
 * The same trial again at half the micro-batch, three times at most, for that changes its memory and not its mathematics.
 * `tooLarge` are the micro-batches it has failed with, `last` is why it failed with the last of them.
 */
export const afterOutOfMemory = (
  tooLarge: readonly number[],
  last: FailureReason,
):
  | {readonly kind: 'again'; readonly microBatch: number}
  | {readonly kind: 'fail'; readonly reason: FailureReason} => {
  const microBatch = Math.floor(Math.min(...tooLarge) / 2)
  if (tooLarge.length <= mostRetries && microBatch >= 1) return {kind: 'again', microBatch}
  if (tooLarge.length === 1) return {kind: 'fail', reason: last}
  const tries = `${tooLarge.slice(0, -1).join(', ')} and ${tooLarge.at(-1)}`
  return {
    kind: 'fail',
    reason: {
      kind: last.kind,
      message: `It ran out of memory ${tooLarge.length} times, with ${tries} samples at once. The last time: ${last.message}`,
    },
  }
}
