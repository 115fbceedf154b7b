/** A trial that is a program of the user's: parameters in, JSON lines with metrics out. */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {reasonOf} from '../base/log.ts'
import type {Params} from '../space/space.ts'
import type {Epoch, FailureReason} from '../studies/study.ts'
import {giveWay} from './give-way.ts'
import {startGuard} from './guard.ts'
import {startKeeper} from './keeper.ts'
import {memoryOfSession} from './memory-use.ts'
import type {Outcome} from './outcome.ts'
import {reasonOfExit} from './outcome.ts'
import {startPacer} from './pacer.ts'
import {patienceMs, type TrialRun, type TrialStart} from './trial-run.ts'

/**
 * Runs `command` in a shell, with `{name}` replaced by the shell-quoted value of that parameter and all parameters as
 * JSON in SIMMER_PARAMS. Each line of its output that is a JSON object adds its finite numbers to the metrics of an
 * epoch (`epoch` names it; else lines count up). A non-zero exit fails the trial. It keeps the pace's duty by being
 * stopped and continued; a micro-batch it has none. What it leaves behind in its process group is killed.
 */
export const startCommandTrial = (
  command: string,
  params: Params,
  {pace, limits, listener}: TrialStart,
): TrialRun => {
  const keeper = startKeeper()
  const child = spawn(fillIn(command, params), {
    shell: true,
    // Its own process group, so that what the shell started is stopped with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, SIMMER_PARAMS: JSON.stringify(params)},
  })
  let lastWords = ''
  let lines = 0
  let isStopping = false
  let isOver = false
  let broke: FailureReason | undefined
  let {duty} = pace

  const signal = (name: NodeJS.Signals) => {
    if (isOver || child.pid === undefined) return
    try {
      process.kill(-child.pid, name)
    } catch {
      // The last of the group has just ended.
    }
  }
  if (child.pid !== undefined) {
    keeper.keep(child.pid)
    giveWay(child.pid)
  }
  const pacer = startPacer(signal, duty)
  const guard = startGuard({
    limits,
    readMemory: memoryOfSession(child.pid ?? 0),
    shareOfTime: () => duty,
    silenceSetting: '`silence_s` in the study file',
    onBroken: (reason) => {
      broke = reason
      signal('SIGKILL')
    },
  })

  child.stdout.on('data', guard.hear)
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    guard.hear()
    lastWords = (lastWords + text).slice(-2_000)
  })
  const output = createInterface({input: child.stdout})
  output.on('line', (line) => {
    const epoch = readMetrics(line, lines + 1)
    if (!epoch) return
    lines++
    listener.onEpoch(epoch)
  })
  const outputRead = new Promise<void>((resolve) => output.once('close', () => resolve()))

  const ended = new Promise<Outcome>((resolve) => {
    child.once('error', (error) =>
      resolve({
        kind: 'failed',
        reason: {kind: 'crashed', message: `The command could not be started: ${reasonOf(error)}`},
      }),
    )
    child.once('close', async (code, signal) => {
      await outputRead
      if (isStopping) resolve({kind: 'stopped'})
      else if (broke) resolve({kind: 'failed', reason: broke})
      else if (code === 0) resolve({kind: 'done', samplesPerSecond: 0, backend: 'command'})
      else resolve({kind: 'failed', reason: reasonOfExit(code, signal, lastWords)})
    })
  })

  const outcome = ended.finally(() => {
    guard.release()
    pacer.release()
    // What the program started may still be there.
    signal('SIGKILL')
    isOver = true
    keeper.release()
  })
  return {
    outcome,
    setPace: (next) => {
      if (isStopping || isOver) return
      duty = next.duty
      pacer.setDuty(duty)
    },
    stop: () => {
      if (isStopping) return
      isStopping = true
      // A process that was stopped hears of SIGTERM when it goes on.
      pacer.release()
      signal('SIGTERM')
      setTimeout(() => signal('SIGKILL'), patienceMs).unref()
    },
  }
}

export const fillIn = (command: string, params: Params): string =>
  command.replace(/\{([A-Za-z_][\w]*)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? shellQuoted(params[name]) : whole,
  )

const shellQuoted = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w.+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The metrics of one line of output, or undefined where the line is not a JSON object. */
export const readMetrics = (line: string, nextEpoch: number): Epoch | undefined => {
  if (!line.trimStart().startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // A program may print what it likes beside its metrics.
    return undefined
  }
  const {epoch, ...rest} = Object.fromEntries(
    Object.entries(value ?? {}).filter((entry): entry is [string, number] =>
      Number.isFinite(entry[1]),
    ),
  )
  return Object.keys(rest).length ? {epoch: epoch ?? nextEpoch, metrics: rest} : undefined
}
