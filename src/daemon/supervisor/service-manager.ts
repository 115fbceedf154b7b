/**
 * Tells whoever started the daemon how it fares: systemd, by the protocol of sd_notify(3), where a unit of `Type=notify`
 * started us; nobody elsewhere. It never decides how the daemon fares.
 */
import {spawn} from 'node:child_process'
import type {Log} from '../base/log.ts'

export interface ServiceManager {
  /** What is going on, in a sentence: `systemctl status simmer` shows it. */
  readonly status: (sentence: string) => void
  /**
   * The pages answer. From now on, as often as the unit's watchdog asks for, a sign of life goes out with what `activity`
   * says: from the event loop, so that a hung one falls silent.
   */
  readonly ready: (activity: () => string) => void
  /** The daemon was asked to end, and does. */
  readonly stopping: () => void
  /** Resolves once everything has been passed on. */
  readonly close: () => Promise<void>
}

/** What systemd says in the environment of a service. */
type Environment = Record<string, string | undefined>

type Parts = {
  /** Of what it says of the service manager, all is taken out: programs that trials start have nothing to tell it. */
  readonly env: Environment
  /** The program that passes lines on as datagrams, and its arguments. */
  readonly relay: readonly [string, ...string[]]
  readonly log: Log
}

/** Does nothing where no service manager listens. */
export const openServiceManager = ({env, relay, log}: Parts): ServiceManager => {
  const {NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID} = env
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name]
  if (NOTIFY_SOCKET === undefined) return nobody
  const lines = openRelay(relay, {...env, NOTIFY_SOCKET}, log)
  let said = ''
  const status = (sentence: string) => {
    if (sentence === said) return
    said = sentence
    lines.send(`STATUS=${sentence.replaceAll('\n', ' ')}`)
  }
  let signs: NodeJS.Timeout | undefined
  return {
    status,
    ready: (activity) => {
      const live = () => {
        lines.send('WATCHDOG=1')
        status(activity())
      }
      lines.send('READY=1')
      live()
      signs = setInterval(live, signOfLifeMs({WATCHDOG_USEC, WATCHDOG_PID}))
    },
    stopping: () => lines.send('STOPPING=1'),
    close: () => {
      clearInterval(signs)
      return lines.close()
    },
  }
}

const nobody: ServiceManager = {
  status: () => {},
  ready: () => {},
  stopping: () => {},
  close: async () => {},
}

/** Of the status alone, where the unit has no watchdog. */
const leisurelyMs = 10_000

/** Thrice as often as the watchdog barks. */
const signOfLifeMs = ({WATCHDOG_USEC, WATCHDOG_PID}: Environment): number => {
  const isForUs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid
  const barksAfterMs = Number(WATCHDOG_USEC) / 1000
  return isForUs && barksAfterMs > 0 ? barksAfterMs / 3 : leisurelyMs
}

/** Keeps the relay running; what is said while it starts anew is lost, but for the next sign of life. */
const openRelay = ([program, ...args]: Parts['relay'], env: Environment, log: Log) => {
  let isClosing = false
  let ended: Promise<void> = Promise.resolve()
  const start = () => {
    const child = spawn(program, args, {env, stdio: ['pipe', 'ignore', 'inherit']})
    child.stdin.on('error', () => {
      // It has ended, which is told below.
    })
    ended = new Promise((resolve) => {
      const end = (why: string) => {
        resolve()
        if (isClosing || relay !== child) return
        relay = undefined
        log.warn(`systemd hears nothing of this daemon until its relay runs again: ${why}`)
      }
      child.once('error', (error) => end(error.message))
      child.once('close', (code, signal) => end(`it ended with ${signal ?? code}`))
    })
    return child
  }
  let relay: ReturnType<typeof start> | undefined = start()
  return {
    send: (line: string) => {
      relay ??= start()
      relay.stdin.write(`${line}\n`)
    },
    close: async () => {
      isClosing = true
      relay?.stdin.end()
      await ended
    },
  }
}
