import assert from 'node:assert/strict'
import {get} from 'node:http'
import {test} from 'node:test'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {
  exampleReading,
  exampleScore,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../fixtures/fake-daemon.ts'
import {ask, serve} from './serve.ts'

/** The bytes of an answer's body as they travel to a phone: on plain HTTP, browsers take gzip and no brotli. */
const bytesOf = (port: number, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = {'Accept-Encoding': 'gzip, deflate'}
    get({host: '127.0.0.1', port, path, headers, agent: false}, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => resolve(bytes))
      response.on('error', reject)
    }).on('error', reject)
  })

/** A box in use: four studies, an hour of a warm Nano, some orders. */
const busyDaemon = () => {
  const daemon = fakeDaemon()
  for (let second = 0; second < 3600; second++) daemon.read(exampleReading(second))
  for (let i = 0; i < 40; i++) {
    const atMs = exampleReading(i * 90).atMs
    daemon.order({atMs, pace: {microBatch: 8 + i, duty: 0.5}, reason: `CPU at ${70 + i / 10} °C.`})
  }
  const trials = exampleTrials(100)
  for (const id of ['b', 'c', 'd']) {
    daemon.put(exampleStudy(trials.slice(0, -1), {id, state: 'complete', score: exampleScore()}))
  }
  daemon.put(exampleStudy(trials))
  return daemon
}

const serveBusy = (t: Parameters<typeof serve>[0]) =>
  serve(t, {
    daemon: busyDaemon(),
    clock: {...systemClock, nowMs: () => exampleReading(3600).atMs},
  })

test('a first visit is at most 60 KB in at most 8 requests', async (t) => {
  const server = await serveBusy(t)
  for (const path of ['/', '/device', '/studies/a']) {
    const {text} = await ask(server, path)
    const files = [...new Set(text.match(/\/assets\/[^"]+/g))]
    const parts = [path, ...files]
    const sizes = await Promise.all(parts.map((part) => bytesOf(server.port, part)))
    const total = sizes.reduce((sum, size) => sum + size)
    const told = parts.map((part, i) => `${part}: ${sizes[i]}`).join('\n')
    assert.ok(parts.length <= 8, told)
    assert.ok(total <= 60_000, `${total} bytes\n${told}`)
    t.diagnostic(`${path}: ${total} bytes in ${parts.length} requests`)
  }
})

test('a later page is at most 15 KB', async (t) => {
  const server = await serveBusy(t)
  for (const path of [
    '/',
    '/studies',
    '/studies/new',
    '/studies/a',
    '/compare',
    '/compare?study=a&study=b&study=c&study=d',
    '/device',
    '/device?span=day',
    '/device?span=quarter',
    '/studies/a/parameters',
    '/studies/a/timeline',
    '/settings',
    '/data',
  ]) {
    const bytes = await bytesOf(server.port, path)
    t.diagnostic(`${path}: ${bytes} bytes`)
    assert.ok(bytes <= 15_000, `${path}: ${bytes} bytes`)
  }
})

test('files come compressed as well as the client can take them', async (t) => {
  const server = await serve(t)
  const [style = ''] = /\/assets\/\w+\/simmer.css/.exec((await ask(server, '/')).text) ?? []
  const encodingFor = async (accepted: string) => {
    const {headers} = await ask(server, style, {headers: {'Accept-Encoding': accepted}})
    assert.equal(headers.vary, 'Accept-Encoding')
    return headers['content-encoding']
  }
  assert.equal(await encodingFor('gzip, deflate, br'), 'br')
  assert.equal(await encodingFor('gzip, deflate'), 'gzip')
  assert.equal(await encodingFor('identity'), undefined)
  assert.equal(await encodingFor('br;q=0, gzip'), 'gzip')
  assert.match((await ask(server, style)).text, /:root/)
})

test('the home screen gets a name and icons of our own', async (t) => {
  const server = await serve(t)
  const {text} = await ask(server, '/')
  const [href = ''] = /\/assets\/\w+\/simmer.webmanifest/.exec(text) ?? []
  const manifest = await ask(server, href)
  assert.match(manifest.headers['content-type'] ?? '', /^application\/manifest\+json/)
  const {name, icons} = JSON.parse(manifest.text)
  assert.equal(name, 'Simmer')
  for (const {src, sizes, type} of icons) {
    const icon = await ask(server, src)
    assert.equal(icon.status, 200, sizes)
    assert.equal(icon.headers['content-type'], type)
  }
  assert.match(text, /<link rel="apple-touch-icon" href="\/assets\/\w+\/icon-180.png">/)
})
