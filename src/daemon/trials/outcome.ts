/** How a trial ended, and what the end of its process says. Pure. */
import type {FailureReason, Score} from '../studies/study.ts'

export type Outcome =
  | {
      readonly kind: 'done'
      readonly samplesPerSecond: number
      readonly backend: string
      readonly score?: Score
    }
  | {
      readonly kind: 'failed'
      readonly reason: FailureReason
      /** The most samples that it may have had on the device at once in the end. */
      readonly microBatch?: number
    }
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
  // A shell gives the signal of the program in it as 128 and its number.
  const isKilled = signal === 'SIGKILL' || code === 128 + 9
  if (isKilled || tellsOfMemory(lastWords)) {
    const what = isKilled
      ? 'was killed, most likely for lack of memory'
      : 'ended for lack of memory'
    return {
      kind: 'out-of-memory',
      message: `The training process ${what}. Lower the largest batch or width.${said}`,
    }
  }
  return {
    kind: 'crashed',
    message: signal
      ? `The training process was ended by ${signal}.${said}`
      : `The training process ended with exit code ${code}.${said}`,
  }
}

/** Whether an error's words are those of a lack of memory: of Node.js, WebAssembly, C++, Python, TensorFlow or CUDA. */
export const tellsOfMemory = (words: string): boolean =>
  /out.of.memory|OutOfMemory|heap limit|allocation failed|alloc_failed|typed array length|ENOMEM|cannot allocate memory|bad_alloc|MemoryError|resource.?exhausted/i.test(
    words,
  ) || /\bOOM\b/.test(words)
