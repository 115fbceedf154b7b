/** A trial that is a program of the user's: parameters in, JSON lines with metrics out. */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {reasonOf} from '../base/log.ts'
import type {Params} from '../space/space.ts'
import type {Epoch} from '../studies/study.ts'
import type {Outcome} from './outcome.ts'
import {reasonOfExit} from './outcome.ts'
import {patienceMs, type TrialListener, type TrialRun} from './trial-run.ts'

/**
 * Runs `command` in a shell, with `{name}` replaced by the shell-quoted value of that parameter and all parameters as
 * JSON in SIMMER_PARAMS. Each line of its output that is a JSON object adds its finite numbers to the metrics of an
 * epoch (`epoch` names it; else lines count up). A non-zero exit fails the trial.
 */
export const startCommandTrial = (
  command: string,
  params: Params,
  listener: TrialListener,
): TrialRun => {
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

  child.stderr.setEncoding('utf8').on('data', (text: string) => {
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

  const outcome = new Promise<Outcome>((resolve) => {
    child.once('error', (error) =>
      resolve({
        kind: 'failed',
        reason: {kind: 'crashed', message: `The command could not be started: ${reasonOf(error)}`},
      }),
    )
    child.once('close', async (code, signal) => {
      await outputRead
      if (isStopping) resolve({kind: 'stopped'})
      else if (code === 0) resolve({kind: 'done', samplesPerSecond: 0, backend: 'command'})
      else resolve({kind: 'failed', reason: reasonOfExit(code, signal, lastWords)})
    })
  })

  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    process.kill(-child.pid, name)
  }
  return {
    outcome,
    // A program of the user's has no micro-batch to change.
    setPace: () => {},
    stop: () => {
      if (isStopping) return
      isStopping = true
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
