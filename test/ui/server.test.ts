import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {silentLog} from '../../src/daemon/base/log.ts'
import {startServer} from '../../src/ui/server.ts'
import {exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {settingsIn} from '../fixtures/settings.ts'
import {ask, postForm, serve} from './serve.ts'

/** Reachable by others, so that the door is closed. */
const serveLan = (t: TestContext, daemon = fakeDaemon()) => serve(t, {host: '0.0.0.0', daemon})

test('on loopback nobody logs in', async (t) => {
  const server = await serve(t)
  assert.equal(server.pairingCode, undefined)
  for (const path of ['/', '/studies/new', '/device', '/api/v1/studies', '/healthz']) {
    assert.equal((await ask(server, path)).status, 200, path)
  }
})

test('beyond loopback everything but health, pairing and its assets asks for a login', async (t) => {
  const server = await serveLan(t)
  const pairing = await ask(server, '/pair')
  assert.equal(pairing.status, 200)
  const [style = ''] = /\/assets\/\w+\/simmer.css/.exec(pairing.text) ?? []
  assert.equal((await ask(server, style)).status, 200)
  assert.deepEqual(JSON.parse((await ask(server, '/healthz')).text), {status: 'ok'})

  for (const path of [
    '/',
    '/studies/new',
    '/studies/a',
    '/device',
    '/device/log.csv',
    '/nothing',
  ]) {
    const {status, headers} = await ask(server, path)
    assert.deepEqual([status, headers.location], [303, '/pair'], path)
  }
  for (const path of ['/api/v1/studies', '/api/v1/openapi.json', '/api/v1/nothing', '/events']) {
    const {status, headers} = await ask(server, path)
    assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer'], path)
  }
  assert.equal((await postForm(server, '/studies', {name: 'x'})).headers.location, '/pair')
})

test('a paired browser is let in until it is forgotten, also after a restart', async (t) => {
  const server = await serveLan(t)
  const paired = await postForm(server, '/pair', {code: server.pairingCode ?? ''})
  assert.deepEqual([paired.status, paired.headers.location], [303, '/'])
  const [setCookie = ''] = paired.headers['set-cookie'] ?? []
  assert.match(setCookie, /HttpOnly/)
  assert.match(setCookie, /SameSite=Strict/)
  const cookie = {Cookie: `theme=dark; ${setCookie.split(';')[0]}`}
  assert.equal((await ask(server, '/', {headers: cookie})).status, 200)
  assert.match(
    (await ask(server, '/device', {headers: cookie})).text,
    /enter <b class="code">\d{4} \d{4}/,
  )

  const restarted = await serve(t, {host: '0.0.0.0', home: server.home})
  assert.equal((await ask(restarted, '/', {headers: cookie})).status, 200)
  await postForm(restarted, '/forget', {}, cookie)
  assert.equal((await ask(restarted, '/', {headers: cookie})).status, 303)
})

test('a wrong code comes back beside the field, too many have to wait', async (t) => {
  const server = await serveLan(t)
  const wrong = await postForm(server, '/pair', {code: '1'})
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /id="code-problem">That is not the code/)
  await postForm(server, '/pair', {code: '2'})
  await postForm(server, '/pair', {code: '3'})
  const waiting = await postForm(server, '/pair', {code: server.pairingCode ?? ''})
  assert.deepEqual([waiting.status, waiting.headers['retry-after']], [429, '1'])
  assert.equal(waiting.headers['set-cookie'], undefined)
})

test('the token in the home folder opens the API, any other does not', async (t) => {
  const server = await serveLan(t)
  const token = (await readFile(join(server.home, 'cli-token'), 'utf8')).trim()
  const withToken = {Authorization: `Bearer ${token}`}
  assert.equal((await ask(server, '/api/v1/studies', {headers: withToken})).status, 200)
  const wrong = {Authorization: `Bearer ${token.slice(1)}`}
  assert.equal((await ask(server, '/api/v1/studies', {headers: wrong})).status, 401)
})

test('a host that is not ours is misdirected, logged in or not', async (t) => {
  for (const server of [await serve(t), await serveLan(t)]) {
    for (const path of ['/', '/api/v1/studies', '/healthz', '/pair']) {
      const {status, text} = await ask(server, path, {headers: {Host: 'evil.example'}})
      assert.equal(status, 421)
      assert.match(text, /does not answer to evil.example/)
    }
  }
})

test('a change that another site asks for is refused, logged in or not', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2)))
  const lan = await serveLan(t, daemon)
  const local = await serve(t, {daemon})
  for (const server of [lan, local]) {
    for (const origin of ['http://evil.example', 'null', `https://127.0.0.1:${server.port}`]) {
      const {status} = await postForm(server, '/studies/a/cancel', {}, {Origin: origin})
      assert.equal(status, 403, origin)
    }
  }
  const noOrigin = {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'}
  assert.equal((await ask(lan, '/pair', noOrigin)).status, 403)
  assert.equal((await ask(local, '/api/v1/studies', noOrigin)).status, 422)
  assert.equal(daemon.study('a')?.state, 'running')
})

test('every page forbids foreign and inline scripts, styles and frames', async (t) => {
  const server = await serve(t)
  const {headers, text} = await ask(server, '/')
  assert.equal(
    headers['content-security-policy'],
    "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data:;manifest-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'",
  )
  assert.equal(headers['strict-transport-security'], undefined)
  assert.equal(headers['x-powered-by'], undefined)
  assert.doesNotMatch(text, / style="| on\w+="|<script>|<style/)
})

test('assets are cached for good under the hash of their content, pages are asked for again', async (t) => {
  const server = await serve(t)
  const page = await ask(server, '/')
  assert.equal(page.headers['cache-control'], 'private, no-cache')
  for (const [href = ''] of page.text.matchAll(/\/assets\/[^"]+/g)) {
    const asset = await ask(server, href, {headers: {'Accept-Encoding': 'gzip'}})
    assert.equal(asset.status, 200, href)
    assert.match(asset.headers['cache-control'] ?? '', /immutable/)
  }
})

test('a port in use is one sentence that names the setting', async (t) => {
  const {port, home} = await serve(t)
  const second = await startServer({
    daemon: fakeDaemon(),
    settings: settingsIn(home),
    home,
    host: '127.0.0.1',
    port,
    log: silentLog,
    clock: systemClock,
  })
  assert.ok(!second.ok)
  assert.deepEqual(second.problems, [
    `SIMMER_PORT: expected port ${port} on 127.0.0.1 to be free, but another program uses it. Stop that program or choose another port.`,
  ])
})

test('an address of another machine is one sentence too', async (t) => {
  const {home} = await serve(t)
  const refused = await startServer({
    daemon: fakeDaemon(),
    settings: settingsIn(home),
    home,
    host: '203.0.113.7',
    port: 0,
    log: silentLog,
    clock: systemClock,
  })
  assert.ok(!refused.ok)
  assert.match(refused.problems.join(), /^SIMMER_HOST: expected an address of this machine/)
})

test('the signal closes the server and its streams', async (t) => {
  const stop = new AbortController()
  const server = await serve(t, {signal: stop.signal})
  const stream = ask(server, '/events')
  const settled = stream.then(
    () => 'ended',
    () => 'ended',
  )
  await ask(server, '/healthz')
  stop.abort()
  assert.equal(await settled, 'ended')
  await assert.rejects(ask(server, '/healthz'))
})

test('one client gets 32 connections, the next is closed', async (t) => {
  const server = await serve(t)
  const sockets = Array.from({length: 33}, () => connect(server.port, '127.0.0.1'))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  const closed = await Promise.race(
    sockets.map(
      (socket) => new Promise((resolve) => socket.once('close', () => resolve('closed'))),
    ),
  )
  assert.equal(closed, 'closed')
})

test('a bug in a page is logged once and answered without its details', async (t) => {
  const errors: string[] = []
  const log = {...silentLog, error: (message: string) => void errors.push(message)}
  const broken = {
    ...fakeDaemon(),
    studies: () => {
      throw new Error('secret detail')
    },
  }
  const server = await serve(t, {daemon: broken, log})
  const {status, text} = await ask(server, '/')
  assert.equal(status, 500)
  assert.doesNotMatch(text, /secret detail/)
  assert.deepEqual(errors, ['GET /'])
})
