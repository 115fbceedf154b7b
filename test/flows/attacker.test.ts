/**
 * A real daemon that others on the network can reach, and somebody there who means no good. Each attack is made twice:
 * what the first leaves behind in memory is room for buffers, what the second adds would be a leak.
 */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {request} from 'node:http'
import {connect, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {after, before, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {gzipSync} from 'node:zlib'
import {freePort} from '../fixtures/free-port.ts'
import {until} from '../fixtures/processes.ts'
import {type RunningSimmer, simmer, startSimmer} from '../fixtures/simmer.ts'

// Clients of their own have loopback addresses of their own, which only Linux has.
const where = {skip: process.platform === 'linux' ? false : 'it needs Linux'}

let daemon: RunningSimmer
let port = 0
let env: Record<string, string> = {}
const home = mkdtempSync(join(tmpdir(), 'simmer-attacked-'))

before(async () => {
  if (where.skip) return
  port = await freePort()
  env = {
    SIMMER_HOME: home,
    SIMMER_HOST: '0.0.0.0',
    SIMMER_PORT: String(port),
    SIMMER_BACKEND: 'wasm',
  }
  daemon = startSimmer(['serve'], {env})
  await daemon.says('Simmer is at')
})

after(async () => {
  if (where.skip) return
  daemon.child.kill('SIGKILL')
  await daemon.ended
  rmSync(home, {recursive: true, force: true})
})

type Answer = {readonly status: number; readonly text: string}

type Sent = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** One of this machine's many loopback addresses: each counts as another client. */
  readonly from?: string
}

/** What comes back; status 0 where the connection was closed on us. */
const send = (
  path: string,
  {method = 'GET', headers = {}, body, from}: Sent = {},
): Promise<Answer> =>
  new Promise((resolve) => {
    const asked = request(
      {host: '127.0.0.1', port, path, method, headers, agent: false, localAddress: from},
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (more) => {
          text += more
        })
        response.once('close', () => resolve({status: response.statusCode ?? 0, text}))
      },
    )
    asked.once('error', () => resolve({status: 0, text: ''}))
    asked.end(body)
  })

const isWell = async (): Promise<void> => {
  assert.equal((await send('/healthz', {from: '127.0.0.99'})).text, '{"status":"ok"}')
}

const token = () => readFileSync(join(home, 'cli-token'), 'utf8').trim()
const owner = () => ({authorization: `Bearer ${token()}`})

const memoryMb = (): number => {
  const status = readFileSync(`/proc/${daemon.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000
}

/** Attacks, lets the daemon rest, attacks again; it must be well, and not have grown by the second. */
const twice = async (attack: () => Promise<void>): Promise<void> => {
  await attack()
  await isWell()
  await sleep(500)
  const memory = memoryMb()
  await attack()
  await isWell()
  await sleep(500)
  const grown = memoryMb() - memory
  assert.ok(grown < 40, `${grown} MB more than after the first time`)
}

const json = {'content-type': 'application/json'}

test('ten megabytes of JSON are refused, of the owner too', where, async () => {
  const body = JSON.stringify({name: 'x'.repeat(10e6)})
  await twice(async () => {
    const stranger = await send('/api/v1/studies', {method: 'POST', headers: json, body})
    assert.ok([0, 401, 403].includes(stranger.status), `${stranger.status}`)
    const {status} = await send('/api/v1/studies', {
      method: 'POST',
      headers: {...json, ...owner()},
      body,
    })
    assert.ok([0, 413].includes(status), `${status}`)
  })
})

test('a bomb of zeros in a small archive is not blown up', where, async () => {
  const body = gzipSync(Buffer.alloc(200e6, ' '))
  await twice(async () => {
    const {status} = await send('/api/v1/studies', {
      method: 'POST',
      headers: {...json, ...owner(), 'content-encoding': 'gzip'},
      body,
    })
    assert.ok([0, 413, 415].includes(status), `${status}`)
  })
})

test('a form of 100,000 fields is refused', where, async () => {
  const body = Array.from({length: 100_000}, (_, n) => `a${n}=1`).join('&')
  await twice(async () => {
    for (const path of ['/studies', '/pair']) {
      const {status} = await send(path, {
        method: 'POST',
        headers: {...owner(), 'content-type': 'application/x-www-form-urlencoded'},
        body,
      })
      assert.ok([0, 413].includes(status), `${path}: ${status}`)
    }
  })
})

test('JSON nested 100,000 deep is a bad request', where, async () => {
  const body = '['.repeat(100_000) + ']'.repeat(100_000)
  await twice(async () => {
    const {status} = await send('/api/v1/studies', {
      method: 'POST',
      headers: {...json, ...owner()},
      body,
    })
    assert.ok([400, 413, 422].includes(status), `${status}`)
  })
})

test('no name leads out of a folder', where, async () => {
  const names = [
    '/../../../../etc/passwd',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/../../../etc/passwd',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/studies/..%2f..%2fcli-token',
    '/api/v1/studies/..%2f..%2fcli-token',
    '/api/v1/studies/%00',
    '/api/v1/studies/__proto__',
    '/api/v1/studies/constructor/export',
    '/device/log.csv/../../../../etc/passwd',
    '//evil.example/%2f..',
  ]
  for (const path of names) {
    for (const headers of [{}, owner()]) {
      const {status, text} = await send(path, {headers})
      assert.ok([303, 400, 401, 404].includes(status), `${path}: ${status}`)
      assert.ok(!text.includes('root:') && !text.includes(token()), path)
    }
  }
  await isWell()
})

/** A connection that says a little and then nothing. */
const idle = (from: string, words: string): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({host: '127.0.0.1', port, localAddress: from})
    socket.once('connect', () => {
      socket.write(words)
      resolve(socket)
    })
    socket.on('error', () => resolve(socket))
    socket.resume()
  })

const addresses = (count: number) => Array.from({length: count}, (_, n) => `127.0.1.${n + 1}`)

test('who sends headers slowly is hung up on', where, async () => {
  const sockets = await Promise.all(
    addresses(4).flatMap((from) =>
      Array.from({length: 10}, () => idle(from, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ')),
    ),
  )
  await isWell()
  await Promise.all(sockets.map((socket) => (socket.destroyed ? undefined : once(socket, 'close'))))
})

test(
  '500 idle streams of ten clients leave room for the eleventh, and are let go of',
  where,
  async () => {
    const ask = `GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token()}\r\n\r\n`
    await twice(async () => {
      const sockets = await Promise.all(
        addresses(10).flatMap((from) => Array.from({length: 50}, () => idle(from, ask))),
      )
      const open = () => sockets.filter((socket) => !socket.destroyed).length
      await until(() => open() <= 256)
      for (const socket of sockets) socket.destroy()
      await sleep(300)
    })
  },
)

test('1,000 guesses find no code, and the owner gets in afterwards', where, async () => {
  const guess = (n: number) =>
    send('/pair', {
      method: 'POST',
      from: `127.0.2.${1 + (n % 50)}`,
      headers: {
        origin: `http://127.0.0.1:${port}`,
        host: `127.0.0.1:${port}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `code=${String(n).padStart(8, '0')}`,
    })
  const counts = new Map<number, number>()
  for (let n = 0; n < 1000; n++) {
    const {status} = await guess(n)
    counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  assert.equal(counts.get(303), undefined)
  assert.ok((counts.get(422) ?? 0) <= 200, JSON.stringify([...counts]))
  assert.equal((counts.get(422) ?? 0) + (counts.get(429) ?? 0), 1000)
  for (;;) {
    const {code} = JSON.parse((await simmer(['pair', '--json'], {env})).stdout)
    const answer = await send('/pair', {
      method: 'POST',
      from: '127.0.0.77',
      headers: {
        origin: `http://127.0.0.1:${port}`,
        host: `127.0.0.1:${port}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({code}).toString(),
    })
    if (answer.status === 303) return
    assert.equal(answer.status, 429)
    await sleep(1000)
  }
})
