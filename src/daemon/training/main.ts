/**
 * The training process: forked with the backend's name and the file of TensorFlow's binding as its arguments, kept warm,
 * given one job after another. The only part of Simmer that loads a tensor library; it opens no port, writes no file (but a
 * graph for TensorFlow to read, in the system's temporary folder) and ends with its parent.
 */
import {systemClock} from '../base/clock.ts'
import type {FailureReason} from '../studies/study.ts'
import {fullPace, type Pace} from '../throttle/pace.ts'
import type {FromTrainer, ToTrainer, TrainingJob} from '../trials/messages.ts'
import {type OpenBackend, openBackend} from './backends/open.ts'
import {createDatasetReader} from './dataset-file.ts'
import {failureOf} from './failure.ts'
import {runJob} from './job.ts'

/** A process whose event loop stands still is stuck, or in the library's hands for longer than any step takes. */
const heartbeatMs = 1_000

const main = () => {
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C in a terminal reaches every process in it; what becomes of a trial is for the daemon to decide.
  process.on('SIGINT', () => {})
  process.on('uncaughtException', (cause) => {
    console.error(cause)
    endWith(failureOf(cause))
  })

  let pace: Pace = fullPace
  let stopping = new AbortController()
  const readDataset = createDatasetReader()
  const backend = openOrEnd(process.argv[2] ?? 'auto', process.argv[3])
  // Jobs wait for the backend and for each other; an error in one is uncaught and ends the process.
  let lastJob: Promise<unknown> = backend

  const serve = async (job: TrainingJob, signal: AbortSignal) => {
    const heartbeat = setInterval(() => say({kind: 'alive'}), heartbeatMs)
    const clock = systemClock
    say(
      await runJob(job, {
        backend: await backend,
        readDataset,
        pace: () => pace,
        signal,
        clock,
        say,
      }),
    )
    clearInterval(heartbeat)
  }
  process.on('message', (message) => {
    // Only the daemon's runner is at the other end of the channel.
    const told = message as ToTrainer
    switch (told.kind) {
      case 'start': {
        pace = told.pace
        stopping = new AbortController()
        const {signal} = stopping
        lastJob = lastJob.then(() => serve(told.job, signal))
        break
      }
      case 'pace':
        pace = told.pace
        break
      case 'stop':
        stopping.abort()
        break
    }
  })
}

/** Opens the backend and says so; where that is refused, says why and never resolves, for the process ends. */
const openOrEnd = async (choice: string, bindingFile?: string): Promise<OpenBackend> => {
  const opened = await openBackend(choice, bindingFile)
  if (opened.ok) {
    const {name, itemsAtOnce, note} = opened.value
    say({kind: 'ready', backend: name, itemsAtOnce, ...(note ? {note} : {})})
    return opened.value
  }
  endWith({kind: 'invalid', message: opened.problems.join(' ')})
  return new Promise(() => {})
}

const say = (message: FromTrainer) => {
  process.send?.(message)
}

/** Says the last words and ends the process: after an unforeseen error nothing in it can be trusted. */
const endWith = (reason: FailureReason) => {
  const lastWords: FromTrainer = {kind: 'failed', reason}
  if (process.connected) process.send?.(lastWords, () => process.exit(1))
  else process.exit(1)
}

main()
