import {reasonOf} from '../base/log.ts'
import type {FailureReason} from '../studies/study.ts'
import {tellsOfMemory} from '../trials/outcome.ts'
import {OutOfMemoryError} from './model.ts'

/** What an error that nobody expected says about the trial it ended: was it memory, or a bug? */
export const failureOf = (cause: unknown): FailureReason =>
  isOutOfMemory(cause)
    ? {
        kind: 'out-of-memory',
        message: `Training ran out of memory: ${reasonOf(cause)} Lower the largest batch or width.`,
      }
    : {kind: 'crashed', message: `Training stopped on an error: ${reasonOf(cause)}`}

// RangeErrors of typed arrays and aborts of the WebAssembly module have no type of their own.
const isOutOfMemory = (cause: unknown): boolean =>
  cause instanceof OutOfMemoryError || (cause instanceof Error && tellsOfMemory(cause.message))
