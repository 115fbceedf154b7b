/**
 * Optimizers in a thread of their own: the daemon answers pages and records results while one of them thinks. It suggests
 * what `suggestPoint` would, and keeps nothing that could not be told again.
 */
import {setImmediate as nextTurn} from 'node:timers/promises'
import type {Outcome} from '../optimizers/suggest.ts'
import type {Point} from '../space/space.ts'
import type {SuggestionAsked} from './messages.ts'
import {type SuggestingThread, startThread} from './thread.ts'

export interface Suggester {
  /**
   * The suggestion; undefined when `signal` aborts or the suggester is closed first. Rejects with what the optimizer threw.
   * Questions are answered one after the other.
   */
  readonly suggest: (asked: SuggestionAsked, signal: AbortSignal) => Promise<Point | undefined>
  /** Gives up the question in hand and ends the thread. The next question starts a new one. */
  readonly close: () => Promise<void>
}

/** So many outcomes are told at once: copying them takes half a millisecond of a desktop's, then others have their turn. */
const outcomesAtOnce = 200

/** Starts no thread before the first question. */
export const openSuggester = (start: () => SuggestingThread = startThread): Suggester => {
  let thread: SuggestingThread | undefined
  /** What the thread has been told. */
  let told: {readonly study: string; readonly outcomes: readonly Outcome[]} | undefined
  let lastTurn: Promise<unknown> = Promise.resolve()

  const suggest = async (
    {study, optimizer, question}: SuggestionAsked,
    signal: AbortSignal,
  ): Promise<Point | undefined> => {
    if (signal.aborted) return undefined
    if (!thread?.isAlive()) {
      thread = start()
      told = undefined
    }
    const asked = thread
    const giveUp = () => void asked.end()
    signal.addEventListener('abort', giveUp, {once: true})
    try {
      const {history, ...rest} = question
      const ask = async () => {
        await tell(asked, study, history)
        return asked.ask({kind: 'suggest', study, optimizer, question: rest, known: history.length})
      }
      const answer = await ask()
      if (answer?.kind !== 'unknown') return pointOf(answer)
      told = undefined
      return pointOf(await ask())
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Tells what is new since the last question, in slices that keep nobody waiting. */
  const tell = async (to: SuggestingThread, study: string, history: readonly Outcome[]) => {
    const known = told?.study === study ? sharedLength(told.outcomes, history) : 0
    for (let from = known; from < history.length; from += outcomesAtOnce) {
      if (from > known) await nextTurn()
      const outcomes = history.slice(from, from + outcomesAtOnce)
      to.tell({kind: 'learn', study, from, outcomes})
    }
    told = {study, outcomes: history}
  }

  return {
    suggest: (asked, signal) => {
      const answer = lastTurn.then(() => suggest(asked, signal))
      lastTurn = answer.catch(() => {})
      return answer
    },
    close: async () => {
      const ended = thread
      thread = undefined
      await ended?.end()
    },
  }
}

const pointOf = (answer: Awaited<ReturnType<SuggestingThread['ask']>>): Point | undefined => {
  switch (answer?.kind) {
    case undefined:
      return undefined
    case 'suggested':
      return answer.point
    case 'failed':
      throw answer.error
    case 'unknown':
      throw new Error('The thread that makes suggestions does not keep what it is told.')
  }
}

/** How many outcomes both lists begin with. A study's points stay the same objects as long as the daemon runs. */
const sharedLength = (before: readonly Outcome[], now: readonly Outcome[]): number => {
  const differing = now.findIndex((outcome, i) => !isSame(before[i], outcome))
  return differing === -1 ? now.length : differing
}

const isSame = (before: Outcome | undefined, now: Outcome): boolean =>
  before !== undefined &&
  before.trial === now.trial &&
  before.point === now.point &&
  before.losses.length === now.losses.length &&
  before.losses.every((loss, i) => loss === now.losses[i])
