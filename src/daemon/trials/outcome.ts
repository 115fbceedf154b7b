/** How a trial ended, and what the end of its process says. Pure. */
import type {FailureReason, Score} from '../studies/study.ts'

export type Outcome =
  | {
      readonly kind: 'done'
      readonly samplesPerSecond: number
      readonly backend: string
      readonly score?: Score
    }
  | {readonly kind: 'failed'; readonly reason: FailureReason}
  /** We asked it to stop, and it did. */
  | {readonly kind: 'stopped'}

/** Why a process that should still be working is gone. `lastWords` is the end of what it wrote to stderr. */
export const reasonOfExit = (
  code: number | null,
  signal: NodeJS.Signals | null,
  lastWords: string,
): FailureReason => {
  const words = lastWords
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '')
  const said = words ? ` It said: ${words.slice(0, 200)}` : ''
  if (signal === 'SIGKILL' || /out of memory|heap limit|ENOMEM|bad_alloc/i.test(lastWords)) {
    return {
      kind: 'out-of-memory',
      message: `The training process was killed, most likely for lack of memory. Lower the largest batch or width.${said}`,
    }
  }
  return {
    kind: 'crashed',
    message: signal
      ? `The training process was ended by ${signal}.${said}`
      : `The training process ended with exit code ${code}.${said}`,
  }
}
