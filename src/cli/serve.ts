/** `simmer serve`: the daemon with its pages, until it is asked to stop. */
import type {Result} from '../daemon/base/result.ts'
import type {Config} from '../daemon/config.ts'
import type {RunningDaemon} from '../daemon/daemon.ts'
import type {ServiceManager} from '../daemon/supervisor/service-manager.ts'
import {type App, complain, type ExitCode} from './app.ts'

export interface Server {
  readonly url: string
  /** What a browser must show before it is let in; absent on loopback, where nobody logs in. */
  readonly pairingCode?: string
  readonly close: () => Promise<void>
}

type Parts = {
  readonly startServer: (daemon: RunningDaemon, config: Config) => Promise<Result<Server>>
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
  const daemon = await app.openDaemon(config.value.config, {foreground: false})
  if (!daemon.ok) {
    complain(app, daemon.problems)
    return 2
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
  await new Promise<void>((resolve) => {
    if (app.interrupted.aborted) resolve()
    app.interrupted.addEventListener('abort', () => resolve())
  })
  serviceManager.stopping()
  app.log.info('Stopping; running trials will start again.')
  await server.value.close()
  await daemon.value.stop()
  return 0
}
