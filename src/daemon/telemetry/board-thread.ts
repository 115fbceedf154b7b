/**
 * A board's sensors, read in a thread of their own. A file of a sick device may hang for good: then its thread hangs, and
 * neither the daemon nor the few threads in which Node.js reads all other files. The next thread leaves that file alone.
 */
import {once} from 'node:events'
import {totalmem} from 'node:os'
import {setTimeout as sleep} from 'node:timers/promises'
import {Worker} from 'node:worker_threads'
import type {Clock} from '../base/clock.ts'
import {reasonOf as messageOf} from '../base/log.ts'
import {threadEntry} from '../base/thread-entry.ts'
import {noAnswer, reasonOf} from './gauges.ts'
import {avoidedWith, currentFile, makeCurrent} from './hanging-files.ts'
import type {FromThread, ThreadOptions, ToThread} from './messages.ts'
import type {Machine, Reading} from './reading.ts'
import type {Sensors} from './sensors.ts'

/** A file that one look after the other finds unanswered hangs: a second, for a thread may wait long for its turn. */
const lookEveryMs = 250
const mostBusyLooks = 5
/** A thread that asks no file for so long is replaced: starting one on a busy board takes seconds. */
const mostIdleLooks = 80
/** So many threads may hang; then nothing more is tried until one of them is free again. */
const mostHanging = 4

export const openBoardThread = async (options: {
  readonly root: string
  readonly clock: Clock
  readonly start?: (options: ThreadOptions) => Worker
  /** So long after its thread has ended, a file that hung is left alone. */
  readonly retryAfterMs?: number
}): Promise<Sensors> => {
  const {root, clock, start = startThread, retryAfterMs = 10_000} = options
  /** Files, and folders, that hang. */
  const hanging = new Set<string>()
  let thread: ReadingThread | undefined

  /** The answer; undefined where so much hangs that nothing more is tried. */
  const ask = async (kind: ToThread['kind']): Promise<FromThread | undefined> => {
    while (hanging.size < mostHanging) {
      if (!thread?.isAlive()) thread = openThread(start, root)
      const asked = thread
      const answer = await asked.ask({kind, avoided: [...hanging]})
      if (answer) return answer
      thread = undefined
      const ended = asked.end()
      const file = asked.current()
      if (!file) continue
      const path = avoidedWith(file.path)
      hanging.add(path)
      void ended
        .then(() => sleep(retryAfterMs, undefined, {ref: false}))
        .then(() => hanging.delete(path))
    }
    return undefined
  }

  const described = await ask('describe')
  return {
    machine: described?.kind === 'machine' ? described.machine : unknownMachine,
    read: async () => {
      // A thread that cannot be started, or dies, is a board that says nothing for now: who steers by it has to know.
      const answer = await ask('read').catch(deadBoard)
      const reading = answer?.kind === 'reading' ? answer.reading : nothingRead
      const hung = [...hanging].map((path) => [path, reasonOf(noAnswer)] as const)
      return {
        ...reading,
        atMs: clock.nowMs(),
        ...(hung.length && {unavailable: {...reading.unavailable, ...Object.fromEntries(hung)}}),
      }
    },
  }
}

const nothingRead: Reading = {atMs: 0, temperaturesC: {}, powersW: {}, voltagesV: {}, alarms: []}

const deadBoard = (error: unknown): FromThread => ({
  kind: 'reading',
  reading: {...nothingRead, unavailable: {sensors: `cannot be read: ${messageOf(error)}`}},
})

const unknownMachine: Machine = {
  model: 'Linux board',
  kind: 'linux',
  cpu: 'unknown',
  cores: 1,
  memoryBytes: totalmem(),
  measuresPower: false,
}

type CurrentFile = ReturnType<typeof currentFile>

type ReadingThread = {
  /** The answer; undefined when a file hangs. Rejects when the thread dies by itself. */
  readonly ask: (message: ToThread) => Promise<FromThread | undefined>
  readonly isAlive: () => boolean
  readonly current: () => CurrentFile
  /** Ends it, and resolves when it is gone: a thread that hangs goes as soon as its file answers. */
  readonly end: () => Promise<unknown>
}

const openThread = (start: (options: ThreadOptions) => Worker, root: string): ReadingThread => {
  const current = makeCurrent()
  const worker = start({root, current})
  // Waiting for a question keeps no program alive. Waiting for an answer does, by its timer.
  worker.unref()
  let isAlive = true
  worker.on('error', () => {
    isAlive = false
  })
  return {
    isAlive: () => isAlive,
    ask: async (message) => {
      const done = new AbortController()
      // Listeners go when the answer has come.
      const {signal} = done
      const answered = once(worker, 'message', {signal}).then(([answer]) => answer as FromThread)
      worker.postMessage(message)
      try {
        return await Promise.race([answered, hang(current, signal)])
      } finally {
        done.abort()
        answered.catch(() => {})
      }
    },
    current: () => currentFile(current),
    end: () => worker.terminate(),
  }
}

/** Resolves when a file hangs, or the thread asks none for long. */
const hang = async (current: SharedArrayBuffer, signal: AbortSignal): Promise<undefined> => {
  let question: number | undefined
  for (let looks = 0; looks < (question === undefined ? mostIdleLooks : mostBusyLooks); looks++) {
    const isAsked = await sleep(lookEveryMs, true, {signal}).catch(() => false)
    if (!isAsked) return undefined
    const now = currentFile(current)?.question
    if (now !== question) looks = 0
    question = now
  }
  return undefined
}

const startThread = (options: ThreadOptions): Worker =>
  new Worker(threadEntry('worker', import.meta.url), {workerData: options})
