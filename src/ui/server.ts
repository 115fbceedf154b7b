/**
 * The web UI and the API on one port. This folder shows and hands on; it decides nothing about studies: all it knows of
 * them is the Daemon that it is given.
 */
import {createServer, type RequestListener, type Server} from 'node:http'
import {hostname} from 'node:os'
import type {Clock} from '../daemon/base/clock.ts'
import type {Log} from '../daemon/base/log.ts'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {Daemon} from '../daemon/daemon.ts'
import type {Settings} from '../daemon/settings.ts'
import {lanIps} from './addresses.ts'
import {type Access, makeApp} from './app.ts'
import {loadAssets} from './assets.ts'
import {ensureCliToken} from './auth/cli-token.ts'
import {startPairing} from './auth/pairing.ts'
import {isLoopback} from './auth/same-origin.ts'
import {openSessions} from './auth/sessions.ts'

export type ServerOptions = {
  readonly daemon: Daemon
  readonly settings: Settings
  /** Folder of `auth.json` and `cli-token`. It exists. */
  readonly home: string
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly log: Log
  readonly clock: Clock
  /** Closes the server. */
  readonly signal?: AbortSignal
  /** Between two updates of a page: tests let a day pass in minutes. */
  readonly liveGapMs?: number
}

export type RunningServer = {
  /** Where a person finds it. */
  readonly url: string
  readonly port: number
  /** Ends every connection, streams too. */
  readonly close: () => Promise<void>
  /** For the first browser, where others on the network can reach the box. Later codes go to the log. */
  readonly pairingCode?: string
}

/** Serves until it is closed. Refuses in one sentence when it cannot listen. */
export const startServer = async (options: ServerOptions): Promise<Result<RunningServer>> => {
  const {daemon, settings, home, host, log, clock, signal} = options
  const cliToken = await ensureCliToken(home)
  const access = isLoopback(host) ? undefined : await openAccess(options)
  const {app, live} = makeApp({
    daemon,
    settings,
    log,
    clock,
    assets: await loadAssets(),
    host,
    cliToken,
    access,
    ...(options.liveGapMs === undefined ? {} : {liveGapMs: options.liveGapMs}),
  })
  const server = limitedServer(app)
  const listening = await listen(server, host, options.port)
  if (!listening.ok) {
    live.stop()
    return listening
  }
  const port = listening.value
  const close = async () => {
    if (!server.listening) return
    live.stop()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  signal?.addEventListener('abort', () => void close(), {once: true})
  return ok({
    url: `http://${shownHost(host)}:${port}`,
    port,
    close,
    ...(access ? {pairingCode: access.pairing.code()} : {}),
  })
}

const openAccess = async ({home, clock, log}: ServerOptions): Promise<Access> => ({
  sessions: await openSessions(home, {clock, log}),
  pairing: startPairing(clock, (code) =>
    log.info(`A browser was paired. Pairing code of the next: ${code}`),
  ),
})

const mostConnections = 256
const mostConnectionsOfOneClient = 32

const limitedServer = (app: RequestListener): Server => {
  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // How often it looks whether one of the two is over.
      connectionsCheckingInterval: 2_000,
    },
    app,
  )
  server.maxConnections = mostConnections
  const counts = new Map<string, number>()
  server.on('connection', (socket) => {
    const client = socket.remoteAddress ?? ''
    const count = (counts.get(client) ?? 0) + 1
    counts.set(client, count)
    socket.once('close', () => {
      const left = (counts.get(client) ?? 1) - 1
      if (left) counts.set(client, left)
      else counts.delete(client)
    })
    if (count > mostConnectionsOfOneClient) socket.destroy()
  })
  return server
}

/** The port that it listens on. */
const listen = (server: Server, host: string, port: number): Promise<Result<number>> =>
  new Promise((resolve) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      resolve(refuse(refusal(cause, host, port))),
    )
    server.listen(port, host, () => {
      const address = server.address()
      // An object for every server that listens on a port.
      resolve(ok(typeof address === 'object' && address ? address.port : port))
    })
  })

const refusal = (cause: NodeJS.ErrnoException, host: string, port: number): string => {
  switch (cause.code) {
    case 'EADDRINUSE':
      return `SIMMER_PORT: expected port ${port} on ${host} to be free, but another program uses it. Stop that program or choose another port.`
    case 'EACCES':
      return `SIMMER_PORT: expected a port this user may use, got ${port}. Choose one from 1024 up.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `SIMMER_HOST: expected an address of this machine, got ${host}. Use 127.0.0.1 for this machine only, or 0.0.0.0 for the network.`
    default:
      return `SIMMER_HOST, SIMMER_PORT: could not listen on ${host}:${port}: ${cause.message}`
  }
}

/** A name that others can reach us by: "all addresses" is none. */
const shownHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return lanIps()[0] ?? hostname()
  return host.includes(':') ? `[${host}]` : host
}
