/**
 * The suggesting thread. It remembers the outcomes of the study that it was asked of last, so that each question carries
 * just the new ones; it decides nothing that `suggestPoint` would not.
 */
import {parentPort} from 'node:worker_threads'
import {type Outcome, suggestPoint} from '../optimizers/suggest.ts'
import type {FromThread, ToThread} from './messages.ts'

let study: string | undefined
let outcomes: Outcome[] = []

const hear = (told: ToThread): void => {
  switch (told.kind) {
    case 'learn':
      if (told.study !== study) outcomes = []
      study = told.study
      // Fewer than expected are left as they are: the question that follows finds it out.
      if (told.from <= outcomes.length)
        outcomes = [...outcomes.slice(0, told.from), ...told.outcomes]
      break
    case 'suggest':
      say(answerTo(told))
      break
  }
}

const answerTo = (asked: Extract<ToThread, {kind: 'suggest'}>): FromThread => {
  const isKnown = asked.known === 0 || (asked.study === study && asked.known <= outcomes.length)
  if (!isKnown) return {kind: 'unknown'}
  try {
    const history = outcomes.slice(0, asked.known)
    return {kind: 'suggested', point: suggestPoint(asked.optimizer, {...asked.question, history})}
  } catch (error) {
    return {kind: 'failed', error}
  }
}

const say = (message: FromThread) => parentPort?.postMessage(message)

// Only our own daemon is at the other end of the channel.
parentPort?.on('message', (message) => hear(message as ToThread))
