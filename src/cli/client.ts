/** Talks to the daemon that runs on this machine, over its own API. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {Config} from '../daemon/config.ts'

export interface Client {
  /** The answer's text, or the `detail` of its problem as a sentence. */
  readonly request: (
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ) => Promise<Result<string>>
}

export const openClient = (config: Config): Client => {
  const address = `http://${hostInUrl(config.host)}:${config.port}`
  const token = readToken(config.home)
  return {
    request: async (method, path, body) => {
      let answer: Response
      try {
        answer = await fetch(`${address}/api/v1${path}`, {
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
      return answer.ok
        ? ok(text)
        : refuse(detailOf(text) ?? `The daemon answered ${answer.status}.`)
    },
  }
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
