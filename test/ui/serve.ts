/** A real server on a free port over a fake daemon, and plain requests that may lie about where they come from. */
import {mkdtemp, rm} from 'node:fs/promises'
import {type IncomingHttpHeaders, type OutgoingHttpHeaders, request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {TestContext} from 'node:test'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {silentLog} from '../../src/daemon/base/log.ts'
import {type RunningServer, type ServerOptions, startServer} from '../../src/ui/server.ts'
import {fakeDaemon} from '../fixtures/fake-daemon.ts'
import {settingsIn} from '../fixtures/settings.ts'

export type TestServer = RunningServer & {readonly home: string}

export const serve = async (
  t: TestContext,
  options: Partial<ServerOptions> = {},
): Promise<TestServer> => {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'simmer-ui-')))
  const started = await startServer({
    daemon: fakeDaemon(),
    settings: settingsIn(home),
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    clock: systemClock,
    ...options,
    home,
  })
  if (!started.ok) throw new Error(started.problems.join(' '))
  t.after(async () => {
    await started.value.close()
    await rm(home, {recursive: true, force: true})
  })
  return {...started.value, home}
}

export type Answer = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request to 127.0.0.1, whatever `headers` claim. */
export const ask = (
  server: {readonly port: number},
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: {
    readonly method?: string
    readonly headers?: OutgoingHttpHeaders
    readonly body?: string | Buffer
  } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {host: '127.0.0.1', port: server.port, path, method, headers, agent: false},
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () =>
          resolve({status: response.statusCode ?? 0, headers: response.headers, text}),
        )
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

/** A form as a page of the server's own would post it. */
export const postForm = (
  server: {readonly port: number},
  path: string,
  words: URLSearchParams | Record<string, string>,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> =>
  ask(server, path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: `http://127.0.0.1:${server.port}`,
      ...headers,
    },
    body: new URLSearchParams(words).toString(),
  })
