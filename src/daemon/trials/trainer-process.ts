/** One training process: forked once, kept warm, given one job after another. */
import {type ChildProcess, fork} from 'node:child_process'
import {extname} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type Log, reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {FailureReason} from '../studies/study.ts'
import type {Pace} from '../throttle/pace.ts'
import {giveWay} from './give-way.ts'
import {type Guard, startGuard} from './guard.ts'
import {memoryOfProcess} from './memory-use.ts'
import type {BackendChoice, BackendName, FromTrainer, ToTrainer, TrainingJob} from './messages.ts'
import {type Outcome, reasonOfExit} from './outcome.ts'
import {patienceMs, type TrialListener, type TrialRun, type TrialStart} from './trial-run.ts'

// tsc rewrites imports but not URLs: the trainer has this file's own extension, .ts in development and .js when built.
const trainerFile = fileURLToPath(
  new URL(`../training/main${extname(import.meta.url)}`, import.meta.url),
)

export interface TrainerProcess {
  /** Runs one job. Only one at a time. */
  readonly run: (job: TrainingJob, start: TrialStart) => TrialRun
  /** The backend that works, or why none does. Settles before the first job starts. */
  readonly ready: Promise<Result<BackendName>>
  /** Whether another job can be given: the process lives, is idle and has not said its last words. */
  readonly isReusable: () => boolean
  /** Ends the process and resolves when it is gone. */
  readonly close: () => Promise<void>
}

export type TrainerOptions = {
  readonly backend: BackendChoice
  /** TensorFlow's binding, which may be missing. */
  readonly bindingFile?: string
  readonly log: Log
}

/** Starts a training process and ends it again: the name of the backend that works, or why none does. */
export const tryBackend = async (options: TrainerOptions): Promise<Result<BackendName>> => {
  const trainer = startTrainerProcess(options)
  const ready = await trainer.ready
  await trainer.close()
  return ready
}

export const startTrainerProcess = (options: TrainerOptions): TrainerProcess => {
  const {backend: choice, bindingFile} = options
  const args = bindingFile === undefined ? [choice] : [choice, bindingFile]
  const child = fork(trainerFile, args, {stdio: ['ignore', 'ignore', 'pipe', 'ipc']})
  if (child.pid !== undefined) giveWay(child.pid)
  let backend = 'unknown'
  let itemsAtOnce = Number.POSITIVE_INFINITY
  let isDoomed = false
  let settleReady: (ready: Result<BackendName>) => void = () => {}
  const ready = new Promise<Result<BackendName>>((resolve) => {
    settleReady = resolve
  })
  let lastWords = ''
  let job: JobInHand | undefined
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))

  const settle = (outcome: Outcome) => {
    const ended = job
    job = undefined
    if (!ended) return
    ended.guard.release()
    const microBatch = Math.min(ended.pace.microBatch, itemsAtOnce)
    ended.settle(outcome.kind === 'failed' ? {...outcome, microBatch} : outcome)
  }

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2_000)
  })
  child.on('message', (message) => {
    // Only our own trainer is at the other end of the channel.
    const said = message as FromTrainer
    job?.guard.hear()
    switch (said.kind) {
      case 'ready':
        backend = said.backend
        itemsAtOnce = said.itemsAtOnce
        settleReady(ok(said.backend))
        if (said.note) options.log.warn(said.note)
        break
      case 'alive':
        break
      case 'progress':
        job?.listener.onProgress({
          step: said.step,
          steps: said.steps,
          samplesPerSecond: said.samplesPerSecond,
        })
        break
      case 'epoch':
        job?.listener.onEpoch(said.epoch)
        break
      case 'done':
        settle({
          kind: 'done',
          samplesPerSecond: said.samplesPerSecond,
          backend,
          ...(said.score ? {score: said.score} : {}),
        })
        break
      case 'failed':
        settleReady(refuse(said.reason.message))
        // After these the process ends by itself, a moment later.
        isDoomed ||= said.reason.kind === 'crashed' || said.reason.kind === 'out-of-memory'
        settle(
          said.reason.kind === 'canceled'
            ? {kind: 'stopped'}
            : {kind: 'failed', reason: said.reason},
        )
        break
    }
  })
  child.once('error', (error) => {
    const message = `The training process could not be started: ${reasonOf(error)}`
    settleReady(refuse(message))
    settle({kind: 'failed', reason: {kind: 'crashed', message}})
  })
  child.once('close', (code, signal) => {
    const reason = reasonOfExit(code, signal, lastWords)
    settleReady(refuse(reason.message))
    settle(job?.isStopping ? {kind: 'stopped'} : {kind: 'failed', reason: job?.broke ?? reason})
  })

  return {
    run: (training, {pace, limits, listener}) => {
      const guard = startGuard({
        limits,
        readMemory: () => memoryOfProcess(child.pid ?? 0),
        // It says that it is alive while it stands still, too.
        shareOfTime: () => 1,
        silenceSetting: 'SIMMER_SILENCE_S',
        onBroken: (reason) => {
          current.broke = reason
          isDoomed = true
          child.kill('SIGKILL')
        },
      })
      const current: JobInHand = {listener, guard, pace, isStopping: false, settle: () => {}}
      const outcome = new Promise<Outcome>((resolve) => {
        current.settle = resolve
      })
      job = current
      tell(child, {kind: 'start', job: training, pace})
      return {
        outcome,
        setPace: (next) => {
          if (job !== current) return
          current.pace = next
          tell(child, {kind: 'pace', pace: next})
        },
        stop: () => {
          if (job !== current || current.isStopping) return
          current.isStopping = true
          tell(child, {kind: 'stop'})
          insist(child, () => job === current, ['SIGTERM', 'SIGKILL'])
        },
      }
    },
    ready,
    isReusable: () => job === undefined && !isDoomed && child.connected && child.exitCode === null,
    close: async () => {
      if (job) job.isStopping = true
      child.kill('SIGTERM')
      insist(child, () => child.exitCode === null && child.signalCode === null, ['SIGKILL'])
      await exited
    },
  }
}

type JobInHand = {
  readonly listener: TrialListener
  readonly guard: Guard
  pace: Pace
  isStopping: boolean
  /** The limit that it broke and is ended for. */
  broke?: FailureReason
  settle: (outcome: Outcome) => void
}

const tell = (child: ChildProcess, message: ToTrainer) => {
  if (child.connected) child.send(message, () => {})
}

/** Sends each signal after its patience, while the reason to insist lasts. */
const insist = (
  child: ChildProcess,
  isNeeded: () => boolean,
  [signal, ...stronger]: readonly NodeJS.Signals[],
) => {
  if (!signal) return
  setTimeout(() => {
    if (!isNeeded()) return
    child.kill(signal)
    insist(child, isNeeded, stronger)
  }, patienceMs).unref()
}
