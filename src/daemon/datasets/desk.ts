/** Where a person gets, checks and removes data sets while the daemon runs: one at a time, with progress, to be canceled. */
import {type Log, reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {
  DatasetDetails,
  DatasetLibrary,
  DatasetProgress,
  DatasetSamples,
  PreparedDataset,
} from './dataset.ts'

/** What is being done. */
export type DatasetWork = {
  readonly what: 'getting' | 'verifying'
  readonly name: string
  /** Absent before the first news. */
  readonly progress?: DatasetProgress
  readonly isCanceled: boolean
}

/** What became of the last thing that was asked for, in a sentence. */
export type DatasetOutcome = {
  readonly name: string
  readonly isGood: boolean
  readonly text: string
}

export interface DatasetDesk {
  readonly list: () => readonly DatasetDetails[]
  readonly work: () => DatasetWork | undefined
  readonly outcome: () => DatasetOutcome | undefined
  /** Begins to download and prepare; `work` and `outcome` tell the rest. Refuses while there is other work. */
  readonly get: (name: string) => Result<undefined>
  /** Begins to read all of it again. */
  readonly verify: (name: string) => Result<undefined>
  /** Refuses what a running study needs. */
  readonly remove: (name: string) => Promise<Result<undefined>>
  /** Ends the work; nothing happens where there is none. */
  readonly cancel: () => void
  /** Undefined where the set is not prepared. */
  readonly samples: (name: string, perClass: number) => Promise<DatasetSamples | undefined>
  /** Cancels, and resolves when the work has ended. */
  readonly close: () => Promise<void>
}

export const openDatasetDesk = (parts: {
  readonly library: DatasetLibrary
  /** The running study that trains on it; undefined where none does. */
  readonly usedBy: (dataset: string) => string | undefined
  readonly onChange: () => void
  readonly log: Log
}): DatasetDesk => {
  const {library, usedBy, onChange, log} = parts
  let work: DatasetWork | undefined
  let outcome: DatasetOutcome | undefined
  let abort = new AbortController()
  let ended = Promise.resolve()

  const change = (next: DatasetWork | undefined) => {
    work = next
    onChange()
  }
  const settle = (next: DatasetOutcome) => {
    outcome = next
    change(undefined)
  }
  const begin = (
    what: DatasetWork['what'],
    name: string,
    act: (signal: AbortSignal) => Promise<DatasetOutcome>,
  ): Result<undefined> => {
    if (work) return refuse(busyWords(work))
    if (!library.describe().some((one) => one.name === name)) return unknown(name)
    abort = new AbortController()
    outcome = undefined
    change({what, name, isCanceled: false})
    ended = act(abort.signal)
      .catch((error): DatasetOutcome => {
        log.error(`${what} ${name}`, error)
        return {name, isGood: false, text: `${name}: ${reasonOf(error)}.`}
      })
      .then(settle)
    return ok(undefined)
  }
  const cancel = () => {
    if (!work || work.isCanceled) return
    change({...work, isCanceled: true})
    abort.abort()
  }

  return {
    list: library.describe,
    work: () => work,
    outcome: () => outcome,
    get: (name) =>
      begin('getting', name, async (signal) => {
        const report = (progress: DatasetProgress) => {
          if (work) change({...work, progress})
        }
        const prepared = await library.prepare(name, {signal, report})
        return outcomeOfGetting(name, prepared, signal.aborted)
      }),
    verify: (name) =>
      begin('verifying', name, async (signal) => {
        const verified = await library.verify(name, {signal})
        return verified.ok
          ? {name, isGood: true, text: `${name} is as it should be.`}
          : {name, isGood: false, text: verified.problems.join(' ')}
      }),
    remove: async (name) => {
      if (work?.name === name) return refuse(busyWords(work))
      const study = usedBy(name)
      if (study !== undefined) {
        return refuse(`The study ${study} trains on ${name} now. Pause or cancel it first.`)
      }
      const removed = await library.remove(name)
      if (removed.ok) {
        outcome = {
          name,
          isGood: true,
          text: `${name} is removed. It comes back when a study needs it.`,
        }
        onChange()
      }
      return removed
    },
    cancel,
    samples: library.samples,
    close: () => {
      cancel()
      return ended
    },
  }
}

const busyWords = ({what, name}: DatasetWork): string =>
  `The box is ${what} ${name}. One thing at a time: wait for its end, or cancel it.`

const unknown = (name: string): Result<never> =>
  refuse(`There is no data set ${JSON.stringify(name)}. The page Data lists all of them.`)

const outcomeOfGetting = (
  name: string,
  prepared: Result<PreparedDataset>,
  isCanceled: boolean,
): DatasetOutcome => {
  if (prepared.ok) {
    const {trainCount, testCount} = prepared.value
    return {
      name,
      isGood: true,
      text: `${name} is ready: ${trainCount} training and ${testCount} test pictures.`,
    }
  }
  return isCanceled
    ? {
        name,
        isGood: false,
        text: `${name}: canceled. Files that had come as a whole are kept for the next time.`,
      }
    : {name, isGood: false, text: prepared.problems.join(' ')}
}
