/** `simmer serve`: the daemon with its pages, until it is asked to stop. */
import type {Result} from '../daemon/base/result.ts'
import type {Config} from '../daemon/config.ts'
import type {ServiceManager} from '../daemon/supervisor/service-manager.ts'
import {type App, complain, type ExitCode, type OpenDaemon} from './app.ts'

interface Server {
  readonly url: string
  /** What a browser must show before it is let in; absent on loopback, where nobody logs in. */
  readonly pairingCode?: string
  readonly close: () => Promise<void>
}

type Parts = {
  readonly startServer: (daemon: OpenDaemon, config: Config) => Promise<Result<Server>>
  readonly serviceManager: ServiceManager
}

export const serve = async (app: App, parts: Parts): Promise<ExitCode> => {
  const {serviceManager} = parts
  serviceManager.status('Starting')
  try {
    return await serveUntilAsked(app, parts)
  } finally {
    await serviceManager.close()
  }
}

const serveUntilAsked = async (
  app: App,
  {startServer, serviceManager}: Parts,
): Promise<ExitCode> => {
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  const daemon = await app.openDaemon(config.value, {foreground: false})
  if (!daemon.ok) {
    complain(app, daemon.problems)
    // Under a service manager 2 is final.
    return daemon.mayPass ? 1 : 2
  }
  const server = await startServer(daemon.value, config.value.config)
  if (!server.ok) {
    complain(app, server.problems)
    await daemon.value.stop()
    return 2
  }
  serviceManager.ready(daemon.value.activity)
  app.log.info(`Simmer is at ${server.value.url}`)
  if (server.value.pairingCode !== undefined) {
    app.log.info(`Pairing code for a new browser: ${server.value.pairingCode}`)
  }
  const why = await reasonToEnd(app, daemon.value)
  serviceManager.stopping()
  app.log.info(
    why === 'asked'
      ? 'Stopping; running trials will start again.'
      : 'Work has stopped, and the disk takes files: ending, to be started anew.',
  )
  await server.value.close()
  await daemon.value.stop()
  return why === 'asked' ? 0 : 1
}

const lookEveryMs = 5_000

/**
 * Waits for it. What stopped on a full disk goes on by a new start, for what was written last is not sure; where nobody
 * would start it again, it stays and goes on saying so.
 */
const reasonToEnd = (app: App, daemon: OpenDaemon): Promise<'asked' | 'mended'> =>
  new Promise((resolve) => {
    const end = (why: 'asked' | 'mended') => {
      clearInterval(looking)
      resolve(why)
    }
    const looking = setInterval(() => {
      if (app.isSupervised && daemon.isMended()) end('mended')
    }, lookEveryMs)
    if (app.interrupted.aborted) end('asked')
    app.interrupted.addEventListener('abort', () => end('asked'))
  })
