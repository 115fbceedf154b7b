/**
 * The web UI and the API on one port. This folder shows and hands on; it decides nothing about studies: all it knows of
 * them is the Daemon that it is given.
 */
import type {Server} from 'node:net'
import {hostname} from 'node:os'
import type {Clock} from '../daemon/base/clock.ts'
import type {Log} from '../daemon/base/log.ts'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {Daemon} from '../daemon/daemon.ts'
import type {Settings} from '../daemon/settings.ts'
import {announcedName, lanIps} from './addresses.ts'
import {makeApp} from './app.ts'
import {loadAssets} from './assets.ts'
import {openAccess} from './auth/access.ts'
import {ensureCliToken} from './auth/cli-token.ts'
import {isLoopback, type Naming, ownNames} from './auth/same-origin.ts'
import {plainListener, tlsListener} from './listener.ts'
import {plainApp} from './plain-app.ts'
import {readTls, type Tls, type TlsFiles} from './tls.ts'

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
  /** Speaks HTTPS with these in place of plain HTTP. */
  readonly tls?: TlsFiles
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
  const tls = options.tls ? readTls(options.tls) : ok(undefined)
  if (!tls.ok) return tls
  if (tls.value) warnOfItsEnd(tls.value, clock.nowMs(), log)
  const cliToken = await ensureCliToken(home)
  const access = isLoopback(host) ? undefined : await openAccess(options)
  const naming = namingOf(host, tls.value)
  const {app, live} = makeApp({
    daemon,
    settings,
    log,
    clock,
    assets: await loadAssets(),
    naming,
    cliToken,
    access,
    certifiedNames: tls.value?.names ?? [],
    ...(options.liveGapMs === undefined ? {} : {liveGapMs: options.liveGapMs}),
  })
  const {server, endConnections} = tls.value
    ? tlsListener(app, plainApp(naming), tls.value)
    : plainListener(app)
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
    endConnections()
    await closed
  }
  signal?.addEventListener('abort', () => void close(), {once: true})
  return ok({
    url: `${naming().scheme}://${tls.value?.names[0] ?? shownHost(host)}:${port}`,
    port,
    close,
    ...(access ? {pairingCode: access.pairing.code('owner')} : {}),
  })
}

/** Our addresses may change while we run: the names are looked up for each request. */
const namingOf = (host: string, tls: Tls | undefined): (() => Naming) => {
  const announced = announcedName()
  return () => ({
    names: ownNames(host, hostname(), announced),
    ...(tls ? {scheme: 'https', isCertified: tls.isFor} : {scheme: 'http'}),
  })
}

const warnOfItsEnd = ({validTo}: Tls, nowMs: number, log: Log): void => {
  if (validTo.getTime() < nowMs) {
    log.warn(`The certificate ended on ${validTo.toISOString().slice(0, 10)}: browsers will warn.`)
  }
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
