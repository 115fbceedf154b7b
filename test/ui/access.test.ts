import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {get, type IncomingMessage} from 'node:http'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../src/daemon/base/clock.ts'
import {silentLog} from '../../src/daemon/base/log.ts'
import {makeApp} from '../../src/ui/app.ts'
import {loadAssets} from '../../src/ui/assets.ts'
import {openAccess} from '../../src/ui/auth/access.ts'
import {hashOf} from '../../src/ui/auth/secrets.ts'
import {exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {settingsIn} from '../fixtures/settings.ts'
import {type Route, routesOf} from './routes.ts'
import {type Answer, ask, postForm, serve, type TestServer} from './serve.ts'

/** Reachable by others, so that the door is closed. */
const serveLan = async (t: TestContext) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2)))
  const server = await serve(t, {host: '0.0.0.0', daemon})
  const token = (await readFile(join(server.home, 'cli-token'), 'utf8')).trim()
  return {...server, daemon, box: {Authorization: `Bearer ${token}`}}
}

type Lan = Awaited<ReturnType<typeof serveLan>>
type Role = 'owner' | 'reader'

const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1'

const codeOf = async (server: Lan, role: Role): Promise<string> =>
  JSON.parse((await ask(server, `/api/v1/pairing?role=${role}`, {headers: server.box})).text).code

/** Pairs a browser; the header that it sends from then on. */
const pair = async (server: Lan, role: Role): Promise<{readonly Cookie: string}> => {
  const code = await codeOf(server, role)
  return cookieOf(await postForm(server, '/pair', {code}, {'User-Agent': phone}))
}

const cookieOf = ({status, headers}: Answer): {readonly Cookie: string} => {
  assert.equal(status, 303)
  return {Cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? ''}
}

const sessionsOf = async (server: Lan): Promise<readonly {id: string; name: string}[]> =>
  JSON.parse((await ask(server, '/api/v1/sessions', {headers: server.box})).text).items

const postJson = (
  server: TestServer,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> =>
  ask(server, path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json', ...headers},
    body: JSON.stringify(body),
  })

/** All that is mounted where others can reach the box. */
const allRoutes = async (t: TestContext): Promise<readonly Route[]> => {
  const home = temporaryFolder(t)
  const access = await openAccess({home, clock: systemClock, log: silentLog})
  const {app, live} = makeApp({
    daemon: fakeDaemon(),
    settings: settingsIn(home),
    log: silentLog,
    clock: systemClock,
    assets: await loadAssets(),
    naming: () => ({names: [], scheme: 'http'}),
    cliToken: '',
    access,
    certifiedNames: [],
  })
  live.stop()
  return routesOf(app)
}

const changing = (routes: readonly Route[]): readonly Route[] =>
  routes.filter(({method}) => !['GET', 'HEAD'].includes(method))

test('the code that is told first makes an owner, who finds the code of readers', async (t) => {
  const server = await serveLan(t)
  const owner = cookieOf(await postForm(server, '/pair', {code: server.pairingCode ?? ''}))
  const {status, text, headers} = await ask(server, '/access', {headers: owner})
  assert.equal(status, 200)
  assert.equal(headers['cache-control'], 'no-store')
  const [, code = ''] = /<h3>Reader<\/h3>\s*<p><b class="code">([\d ]+)</.exec(text) ?? []
  const reader = cookieOf(await postForm(server, '/pair', {code}))
  assert.equal((await ask(server, '/access', {headers: reader})).status, 403)
})

test('a reader sees every page, but nothing that lets others in', async (t) => {
  const server = await serveLan(t)
  const headers = await pair(server, 'reader')
  const seen = ['/', '/studies/a', '/device', '/this-browser', '/api/v1/studies', '/api/v1/devices']
  for (const path of seen) assert.equal((await ask(server, path, {headers})).status, 200, path)
  const hidden = [
    '/access',
    '/studies/new',
    '/api/v1/pairing',
    '/api/v1/pairing?role=reader',
    '/api/v1/sessions',
    '/api/v1/tokens',
    '//access',
    '/ACCESS/',
    '/api/v1/Pairing/',
  ]
  for (const path of hidden) {
    const {status, text} = await ask(server, path, {headers})
    assert.ok([403, 404].includes(status), `${path} ${status}`)
    assert.doesNotMatch(text, /\d{4} \d{4}|pair\?code=|simmer_/, path)
  }
  const {text} = await ask(server, '/access', {headers})
  assert.match(text, /This browser is a reader: it may look at everything/)
})

test('a reader changes nothing, at no address that takes a change', async (t) => {
  const server = await serveLan(t)
  const routes = changing(await allRoutes(t))
  const paths = routes.map(({path}) => path)
  for (const path of [
    '/studies',
    '/studies/a/cancel',
    '/api/v1/studies/a/pause',
    '/access/tokens',
  ]) {
    assert.ok(paths.includes(path), `${path} among ${paths}`)
  }
  const ownMatters = ['/pair', '/forget', '/this-browser', '/compare']
  const reader = await pair(server, 'reader')
  const token = await makeToken(server, 'script', 'reader')
  const before = JSON.stringify(server.daemon.studies())
  for (const {method, path} of routes) {
    if (ownMatters.includes(path)) continue
    const origin = {Origin: `http://127.0.0.1:${server.port}`}
    const byBrowser = await ask(server, path, {method, headers: {...origin, ...reader}})
    assert.equal(byBrowser.status, 403, `${method} ${path}`)
    assert.match(byBrowser.text, /is a reader/)
    const byScript = await ask(server, path, {method, headers: token})
    assert.equal(byScript.status, 403, `${method} ${path}`)
  }
  assert.equal(JSON.stringify(server.daemon.studies()), before)
  assert.equal((await sessionsOf(server)).length, 1)
})

test('a stranger gets into no address but those of health, pairing and files', async (t) => {
  const server = await serveLan(t)
  for (const {method, path} of await allRoutes(t)) {
    const isOpen = path === '/healthz' || path === '/pair' || path.startsWith('/assets/')
    if (isOpen || method === 'HEAD') continue
    const origin = {Origin: `http://127.0.0.1:${server.port}`}
    const {status, headers, text} = await ask(server, path, {method, headers: origin})
    const isTurnedAway = status === 401 || (status === 303 && headers.location === '/pair')
    assert.ok(isTurnedAway, `${method} ${path}: ${status}`)
    assert.doesNotMatch(text, /\d{4} \d{4}|example/, path)
  }
})

test('pages show a reader no tab and no button that change something', async (t) => {
  const server = await serveLan(t)
  const [owner, reader] = [await pair(server, 'owner'), await pair(server, 'reader')]
  const ofOwner = (await ask(server, '/', {headers: owner})).text
  const ofReader = (await ask(server, '/', {headers: reader})).text
  const tab = /<nav class="tabs"[\s\S]*href="\/studies\/new"[\s\S]*<\/nav>/
  assert.match(ofOwner, tab)
  assert.match(ofOwner, /href="\/access"/)
  assert.match(ofReader, /<body class="reader">/)
  assert.doesNotMatch(ofReader, tab)
  assert.doesNotMatch(ofReader, /href="\/access"/)
  assert.match(ofReader, /href="\/this-browser"/)
  const [style = ''] = /\/assets\/\w+\/simmer.css/.exec(ofReader) ?? []
  assert.match((await ask(server, style)).text, /\.reader form\[method="post"\]:not\(\.own\)/)
})

test('a browser has a name, which its owner and itself may change', async (t) => {
  const server = await serveLan(t)
  const owner = await pair(server, 'owner')
  const reader = await pair(server, 'reader')
  const page = (await ask(server, '/access', {headers: owner})).text
  assert.match(page, /<b>Safari on iPhone<\/b> <span class="badge">owner<\/span> <span [^>]*>this/)
  assert.match(page, /<b>Safari on iPhone 2<\/b> <span class="badge">reader<\/span>/)

  const renamed = await postForm(server, '/this-browser', {name: '<b>Kim’s phone'}, reader)
  assert.equal(renamed.headers.location, '/this-browser')
  const taken = await postForm(server, '/this-browser', {name: 'Safari on iPhone'}, reader)
  assert.equal(taken.status, 422)
  assert.match(taken.text, /Another one is called/)
  const again = (await ask(server, '/access', {headers: owner})).text
  assert.match(again, /<b>&lt;b&gt;Kim’s phone<\/b>/)

  const [first, other] = await sessionsOf(server)
  const path = `/access/sessions/${other?.id}/rename`
  const same = await postForm(server, path, {[`name-${other?.id}`]: first?.name ?? ''}, owner)
  assert.equal(same.status, 422)
  assert.match(same.text, /Another one is called Safari on iPhone already/)
  const empty = await postForm(server, path, {[`name-${other?.id}`]: ' '}, owner)
  assert.equal(empty.status, 422)
  assert.match(empty.text, /<details open>[\s\S]*Expected a name of 1 to 40 characters, got 0\./)
  await postForm(server, path, {[`name-${other?.id}`]: 'Tablet'}, owner)
  assert.deepEqual(
    (await sessionsOf(server)).map(({name}) => name),
    ['Safari on iPhone', 'Tablet'],
  )
})

test('a cookie is worthless once its session was revoked, and its streams end at once', async (t) => {
  const server = await serveLan(t)
  const owner = await pair(server, 'owner')
  const reader = await pair(server, 'reader')
  const streams = await Promise.all([
    listen(t, server, '/events', reader),
    listen(t, server, '/events?page=%2F', reader),
  ])
  const ownStream = await listen(t, server, '/events', owner)
  const [, other] = await sessionsOf(server)
  const {headers} = await postForm(server, `/access/sessions/${other?.id}/revoke`, {}, owner)
  assert.equal(headers.location, '/access')
  await Promise.all(streams.map(({ended}) => ended))
  assert.ok(!ownStream.response.destroyed)

  const replayed = await ask(server, '/', {headers: reader})
  assert.deepEqual([replayed.status, replayed.headers.location], [303, '/pair'])
  assert.equal((await ask(server, '/events', {headers: reader})).status, 401)
  const changed = await postForm(server, '/studies/a/pause', {}, reader)
  assert.equal(changed.headers.location, '/pair')
  const restarted = await serve(t, {host: '0.0.0.0', home: server.home})
  assert.equal((await ask(restarted, '/', {headers: reader})).status, 303)
  assert.equal((await ask(restarted, '/', {headers: owner})).status, 200)
})

test('whoever forgets this browser is out, with a cookie that was copied, too', async (t) => {
  const server = await serveLan(t)
  for (const role of ['owner', 'reader'] as const) {
    const browser = await pair(server, role)
    const {status, headers} = await postForm(server, '/forget', {}, browser)
    assert.deepEqual([status, headers.location], [303, '/pair'])
    assert.match(headers['set-cookie']?.[0] ?? '', /^simmer_session=;.*Expires=Thu, 01 Jan 1970/)
    assert.equal((await ask(server, '/', {headers: browser})).status, 303)
  }
  assert.deepEqual(await sessionsOf(server), [])
})

test('a browser that pairs again has one session, of its new role', async (t) => {
  const server = await serveLan(t)
  const reader = await pair(server, 'reader')
  const code = await codeOf(server, 'owner')
  const owner = cookieOf(await postForm(server, '/pair', {code}, {...reader, 'User-Agent': phone}))
  assert.equal((await ask(server, '/access', {headers: owner})).status, 200)
  assert.equal((await ask(server, '/', {headers: reader})).status, 303)
  assert.equal((await sessionsOf(server)).length, 1)
})

test('a token that is made on the page is shown once, and lets a script in until it is revoked', async (t) => {
  const server = await serveLan(t)
  const owner = await pair(server, 'owner')
  const made = await postForm(server, '/access/tokens', {name: 'backup', role: 'owner'}, owner)
  assert.equal(made.status, 200)
  assert.equal(made.headers['cache-control'], 'no-store')
  const [secret = ''] = /simmer_[\w-]{43}/.exec(made.text) ?? []
  const script = {Authorization: `Bearer ${secret}`}
  const kept = await readFile(join(server.home, 'auth.json'), 'utf8')
  assert.ok(!kept.includes(secret) && kept.includes(hashOf(secret)))
  const page = (await ask(server, '/access', {headers: owner})).text
  assert.ok(!page.includes(secret))
  assert.match(page, /<b>backup<\/b>[\s\S]*not used yet/)

  assert.equal((await ask(server, '/api/v1/studies', {headers: script})).status, 200)
  assert.equal((await postJson(server, '/api/v1/studies/a/pause', {}, script)).status, 200)
  assert.match((await ask(server, '/access', {headers: owner})).text, /used in the last two hours/)
  const stream = await listen(t, server, '/events', script)

  const twice = await postForm(server, '/access/tokens', {name: 'backup', role: 'reader'}, owner)
  assert.equal(twice.status, 422)
  assert.match(twice.text, /There is a token backup already/)
  assert.match(twice.text, /id="name" name="name" value="backup"/)

  const [, id = ''] = /\/access\/tokens\/(\w+)\/revoke/.exec(page) ?? []
  await postForm(server, `/access/tokens/${id}/revoke`, {}, owner)
  await stream.ended
  assert.equal((await ask(server, '/api/v1/studies', {headers: script})).status, 401)
  const change = await postJson(server, '/api/v1/studies/a/resume', {}, script)
  assert.deepEqual([change.status, change.headers['www-authenticate']], [401, 'Bearer'])
})

test('a token made with a forgotten role reads, and one of a reader reads only', async (t) => {
  const server = await serveLan(t)
  const owner = await pair(server, 'owner')
  const {text} = await postForm(server, '/access/tokens', {name: 'graphs', role: 'admin'}, owner)
  assert.match(text, /is a reader/)
  const reader = await makeToken(server, 'script', 'reader')
  assert.equal((await ask(server, '/api/v1/studies/a', {headers: reader})).status, 200)
  const change = await postJson(server, '/api/v1/studies/a/pause', {}, reader)
  assert.equal(change.status, 403)
  assert.match(JSON.parse(change.text).detail, /^This token belongs to a reader/)
  assert.equal((await ask(server, '/api/v1/pairing', {headers: reader})).status, 403)
})

test('a cookie beside a token that does not hold opens nothing', async (t) => {
  const server = await serveLan(t)
  const owner = await pair(server, 'owner')
  const headers = {...owner, Authorization: 'Bearer simmer_wrong'}
  assert.equal((await ask(server, '/api/v1/studies', {headers})).status, 401)
  assert.equal((await ask(server, '/', {headers})).status, 401)
})

test('the API makes, lists and revokes tokens, and says what it expects', async (t) => {
  const server = await serveLan(t)
  await makeToken(server, 'script', 'owner')
  const listed = await ask(server, '/api/v1/tokens', {headers: server.box})
  assert.doesNotMatch(listed.text, /simmer_|hash/)
  const [token] = JSON.parse(listed.text).items
  assert.deepEqual([token.name, token.role, token.last_seen_at], ['script', 'owner', null])
  for (const body of [{}, {name: 'x'}, {name: 7, role: 'owner'}, {name: '', role: 'reader'}]) {
    const {status, text} = await postJson(server, '/api/v1/tokens', body, server.box)
    assert.equal(status, 422)
    assert.match(JSON.parse(text).detail, /^Expected /)
  }
  const path = `/api/v1/tokens/${token.id}/revoke`
  assert.equal((await postJson(server, path, {}, server.box)).status, 200)
  assert.equal((await postJson(server, path, {}, server.box)).status, 404)
  const wrongRole = await ask(server, '/api/v1/pairing?role=admin', {headers: server.box})
  assert.equal(wrongRole.status, 400)
  const huge = {name: 'x'.repeat(2000), role: 'owner'}
  assert.equal((await postJson(server, '/api/v1/tokens', huge, server.box)).status, 413)
})

test('revoking all sends everybody out but who asked, and makes the codes worthless', async (t) => {
  const server = await serveLan(t)
  const [owner, reader] = [await pair(server, 'owner'), await pair(server, 'reader')]
  const script = await makeToken(server, 'script', 'owner')
  const told = [await codeOf(server, 'owner'), await codeOf(server, 'reader')]
  const stream = await listen(t, server, '/events', reader)
  const ownStream = await listen(t, server, '/events', owner)
  const answer = await postForm(server, '/access/revoke-all', {}, owner)
  assert.equal(answer.headers.location, '/access')
  await stream.ended
  assert.ok(!ownStream.response.destroyed)
  assert.equal((await ask(server, '/', {headers: owner})).status, 200)
  assert.equal((await ask(server, '/', {headers: reader})).status, 303)
  assert.equal((await ask(server, '/api/v1/studies', {headers: script})).status, 401)
  for (const code of told) assert.equal((await postForm(server, '/pair', {code})).status, 422)

  assert.equal((await postJson(server, '/api/v1/access/revoke-all', {}, server.box)).status, 200)
  await ownStream.ended
  assert.deepEqual(await sessionsOf(server), [])
  assert.ok(await pair(server, 'owner'))
})

test('the link of simmer pair brings its own code and always opens', async (t) => {
  const server = await serveLan(t)
  const pairing = JSON.parse(
    (await ask(server, '/api/v1/pairing?role=reader', {headers: server.box})).text,
  )
  const link = new URL(pairing.link)
  assert.equal(link.origin, pairing.addresses[0])
  for (let i = 0; i < 5; i++) await postForm(server, '/pair', {code: String(i)})
  assert.equal((await postForm(server, '/pair', {code: pairing.code})).status, 429)
  const page = await ask(server, `${link.pathname}${link.search}`)
  const [, code = ''] = /name="code"[^>]* value="(\w+)"/.exec(page.text) ?? []
  assert.ok(cookieOf(await postForm(server, '/pair', {code})))
  assert.equal((await postForm(server, '/pair', {code})).status, 422)
})

test('a wrong code stays in its field as typed, and a huge one is refused', async (t) => {
  const server = await serveLan(t)
  const wrong = await postForm(server, '/pair', {code: '"><script>1'})
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /value="&quot;&gt;&lt;script&gt;1"/)
  assert.equal((await postForm(server, '/pair', {code: '1'.repeat(2000)})).status, 413)
  const twice = await ask(server, '/pair', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: `http://127.0.0.1:${server.port}`,
    },
    body: `code=1&code=${server.pairingCode?.replace(' ', '')}`,
  })
  assert.equal(twice.status, 422)
})

test('browsers that were paired with an earlier version stay in as owners', async (t) => {
  const home = temporaryFolder(t)
  const cookie = {Cookie: 'simmer_session=from-earlier'}
  const session = {hash: hashOf('from-earlier'), createdAtMs: Date.now()}
  await writeFile(join(home, 'auth.json'), JSON.stringify({sessions: [session]}))
  const server = await serve(t, {host: '0.0.0.0', home})
  const {status, text} = await ask(server, '/access', {headers: cookie})
  assert.equal(status, 200)
  assert.match(text, /<b>Browser<\/b> <span class="badge">owner<\/span>/)
})

test('on loopback there is nobody to let in, and the page says so', async (t) => {
  const server = await serve(t)
  assert.match((await ask(server, '/access')).text, /here nobody logs in/)
  assert.doesNotMatch((await ask(server, '/')).text, /href="\/access"/)
  assert.deepEqual(JSON.parse((await ask(server, '/api/v1/tokens')).text), {items: [], next: null})
  const made = await postJson(server, '/api/v1/tokens', {name: 'x', role: 'reader'}, {})
  assert.equal(made.status, 409)
})

const makeToken = async (server: Lan, name: string, role: Role) => {
  const made = await postJson(server, '/api/v1/tokens', {name, role}, server.box)
  assert.equal(made.status, 201)
  return {Authorization: `Bearer ${JSON.parse(made.text).token}`}
}

/** An open event stream that has begun. */
const listen = async (
  t: TestContext,
  {port}: TestServer,
  path: string,
  headers: Readonly<Record<string, string>>,
) => {
  const response = await new Promise<IncomingMessage>((resolve) => {
    get({host: '127.0.0.1', port, path, headers, agent: false}, resolve)
  })
  assert.equal(response.statusCode, 200)
  t.after(() => response.destroy())
  // It is cut off, which is an error to the client.
  response.on('error', () => {})
  const ended = new Promise((resolve) => response.resume().once('close', resolve))
  return {response, ended}
}
