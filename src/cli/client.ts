/** Talks to the daemon that runs on this machine, over its own API. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {ok, refuse} from '../daemon/base/result.ts'
import type {Config} from '../daemon/config.ts'
import {apiClient} from './api-client.ts'

/** The daemon's operations, or the `detail` of its problem as a sentence. */
export type Client = ReturnType<typeof apiClient>

export const openClient = (config: Config): Client => {
  const address = `http://${hostInUrl(config.host)}:${config.port}`
  const token = readToken(config.home)
  return apiClient(async ({method, path, query = {}, body}) => {
    const url = new URL(`${address}/api/v1${path}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    let answer: Response
    try {
      answer = await fetch(url, {
        method,
        headers: {
          ...(token ? {authorization: `Bearer ${token}`} : {}),
          ...(body === undefined ? {} : {'content-type': 'application/json'}),
        },
        ...(body === undefined ? {} : {body: JSON.stringify(body)}),
      })
    } catch {
      return refuse(
        `Expected a running daemon at ${address}, found none. Start it with \`simmer serve\`, or set SIMMER_PORT.`,
      )
    }
    const text = await answer.text()
    return answer.ok ? ok(text) : refuse(detailOf(text) ?? `The daemon answered ${answer.status}.`)
  })
}

/** The address to call for a daemon that listens everywhere is the loopback one. */
const hostInUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

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
