/** Talks to the daemon that runs on this machine, over its own API. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {reasonOf} from '../daemon/base/log.ts'
import {ok, refuse} from '../daemon/base/result.ts'
import type {Config} from '../daemon/config.ts'
import {apiClient} from './api-client.ts'
import {type Answer, send} from './send.ts'

/** The daemon's operations, or the `detail` of its problem as a sentence. */
export type Client = ReturnType<typeof apiClient>

export const openClient = (config: Config): Client => {
  const host = reachableHost(config.host)
  const place = `${host.includes(':') ? `[${host}]` : host}:${config.port}`
  const address = `${config.tls ? 'https' : 'http'}://${place}`
  const token = readToken(config.home)
  return apiClient(async ({method, path, query = {}, body}) => {
    const url = new URL(`${address}/api/v1${path}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    let answer: Answer
    try {
      answer = await send({
        host,
        port: config.port,
        ...(config.tls ? {certFile: config.tls.certFile} : {}),
        method,
        path: `${url.pathname}${url.search}`,
        headers: {
          host: place,
          ...(token ? {authorization: `Bearer ${token}`} : {}),
          ...(body === undefined ? {} : {'content-type': 'application/json'}),
        },
        ...(body === undefined ? {} : {body: JSON.stringify(body)}),
      })
    } catch (cause) {
      return refuse(
        `Expected a running daemon at ${address}, ${isNobody(cause) ? 'found none' : `but ${reasonOf(cause)}`}. Start it with \`simmer serve\`, or set SIMMER_PORT.`,
      )
    }
    return answer.status < 300
      ? ok(answer.text)
      : refuse(detailOf(answer.text) ?? `The daemon answered ${answer.status}.`)
  })
}

/** The address to call for a daemon that listens everywhere is the loopback one. */
const reachableHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host

const isNobody = (cause: unknown): boolean =>
  cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'

const readToken = (home: string): string | undefined => {
  try {
    return readFileSync(join(home, 'cli-token'), 'utf8').trim()
  } catch {
    // On loopback nobody logs in; elsewhere the daemon's answer says that a login is missing.
    return undefined
  }
}

const detailOf = (text: string): string | undefined => {
  try {
    const problem: unknown = JSON.parse(text)
    return typeof problem === 'object' &&
      problem !== null &&
      'detail' in problem &&
      typeof problem.detail === 'string'
      ? problem.detail
      : undefined
  } catch {
    // Not problem+json: the caller names the status instead.
    return undefined
  }
}
