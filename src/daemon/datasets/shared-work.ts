/** Work that several wait for: begun once, told to all, and given up when nobody waits for it any more. */
import {type Result, refuse} from '../base/result.ts'
import type {DatasetProgress} from './dataset.ts'

export type Waiting = {
  readonly signal?: AbortSignal
  readonly report?: (progress: DatasetProgress) => void
}

export interface SharedWork<T> {
  /** Waits for its end; who stops waiting hears so at once, and the work goes on for the others. */
  readonly join: (waiting: Waiting) => Promise<Result<T>>
  /** Whether nobody waits any more: it ends without a result. */
  readonly isGivenUp: () => boolean
  readonly ended: Promise<Result<T>>
}

export const shareWork = <T>(
  begin: (options: Required<Waiting>) => Promise<Result<T>>,
): SharedWork<T> => {
  const giveUp = new AbortController()
  const waiting = new Set<Waiting>()
  const report = (progress: DatasetProgress) => {
    for (const one of waiting) one.report?.(progress)
  }
  const ended = begin({signal: giveUp.signal, report})
  const leave = (one: Waiting) => {
    waiting.delete(one)
    if (waiting.size === 0) giveUp.abort()
    return waiting.size === 0 ? ended : refuse<T>('it was interrupted.')
  }
  return {
    ended,
    isGivenUp: () => giveUp.signal.aborted,
    join: (options) => {
      // An object of its own for each, also for those who wait in the same way.
      const one = {...options}
      waiting.add(one)
      return new Promise((resolve, reject) => {
        const left = () => resolve(leave(one))
        if (one.signal?.aborted) left()
        one.signal?.addEventListener('abort', left, {once: true})
        ended.then(resolve, reject).finally(() => one.signal?.removeEventListener('abort', left))
      })
    },
  }
}
