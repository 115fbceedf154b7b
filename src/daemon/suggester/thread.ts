/** The suggesting thread from outside: told things, asked one question at a time, ended. */
import {Worker} from 'node:worker_threads'
import {threadEntry} from '../base/thread-entry.ts'
import type {FromThread, ToThread} from './messages.ts'

export interface SuggestingThread {
  readonly tell: (message: Extract<ToThread, {kind: 'learn'}>) => void
  /** The thread's answer; undefined when it is ended first. Rejects when the thread dies by itself. */
  readonly ask: (message: Extract<ToThread, {kind: 'suggest'}>) => Promise<FromThread | undefined>
  /** Whether it can be asked: it has not been ended, nor died. */
  readonly isAlive: () => boolean
  /** Ends it at once, whatever it does, and resolves when it is gone. */
  readonly end: () => Promise<void>
}

type Question = {
  readonly answer: (said: FromThread | undefined) => void
  readonly fail: (error: unknown) => void
}

export const startThread = (): SuggestingThread => {
  const worker = new Worker(threadEntry('worker', import.meta.url))
  let question: Question | undefined
  let isAlive = true
  let isWanted = true
  let cause: unknown
  let death: Error | undefined

  const settle = (how: (question: Question) => void) => {
    const asked = question
    question = undefined
    if (asked) how(asked)
  }
  const conclude = ({answer, fail}: Question) => (death ? fail(death) : answer(undefined))
  // Only our own worker is at the other end of the channel.
  worker.on('message', (said: FromThread) => settle(({answer}) => answer(said)))
  worker.on('error', (error) => {
    cause = error
  })
  worker.once('exit', (code) => {
    isAlive = false
    if (isWanted) death = deathOf(code, cause)
    settle(conclude)
  })

  return {
    tell: (message) => worker.postMessage(message),
    ask: (message) =>
      new Promise((answer, fail) => {
        question = {answer, fail}
        if (isAlive) worker.postMessage(message)
        else settle(conclude)
      }),
    isAlive: () => isAlive && isWanted,
    end: async () => {
      isWanted = false
      await worker.terminate()
    },
  }
}

const deathOf = (code: number, cause: unknown): Error =>
  new Error(`The thread that makes suggestions ended by itself, with exit code ${code}.`, {cause})
