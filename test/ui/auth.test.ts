import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {mkdir, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {silentLog} from '../../src/daemon/base/log.ts'
import type {Result} from '../../src/daemon/base/result.ts'
import {browserName} from '../../src/ui/auth/browser-name.ts'
import {ensureCliToken} from '../../src/ui/auth/cli-token.ts'
import {type Grants, openGrants, readName} from '../../src/ui/auth/grants.ts'
import {startPairing, waitAfter} from '../../src/ui/auth/pairing.ts'
import {isLoopback, isOwnChange, isOwnHost, ownNames} from '../../src/ui/auth/same-origin.ts'

const stillClock = () => {
  const clock = {
    atMs: 1000,
    nowMs: () => clock.atMs,
    monotonicMs: () => clock.atMs,
  }
  return clock
}

test('only addresses that others cannot reach count as loopback', () => {
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost']) assert.ok(isLoopback(host))
  for (const host of [
    '0.0.0.0',
    '::',
    '192.168.1.7',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
  ]) {
    assert.ok(!isLoopback(host), host)
  }
})

test('answers to its own names with its own port, and to nothing else', () => {
  const http = {names: ownNames('0.0.0.0', 'nano'), scheme: 'http'} as const
  for (const host of [
    'localhost:8080',
    '127.0.0.1:8080',
    '[::1]:8080',
    'NANO.local:8080',
    'simmer.local:8080',
  ]) {
    assert.ok(isOwnHost(host, http, 8080), host)
  }
  for (const host of [
    'evil.example:8080',
    'localhost',
    'localhost:80',
    'localhost:8080.evil.example',
    'localhost:8080@evil.example',
    'evil.example/localhost:8080',
    '',
    undefined,
  ]) {
    assert.ok(!isOwnHost(host, http, 8080), host)
  }
  assert.ok(isOwnHost('nano', http, 80))
  assert.ok(!isOwnHost('nano', http, 443))
  const loopback = {names: ownNames('127.0.0.1', 'nano'), scheme: 'http'} as const
  assert.ok(!isOwnHost('nano.local:8080', loopback, 8080))
})

test('over TLS it answers to the names of its certificate too, and may leave out 443', () => {
  const isCertified = (name: string) => name === 'nano.example.org'
  const https = {names: ownNames('0.0.0.0', 'nano'), scheme: 'https', isCertified} as const
  assert.ok(isOwnHost('nano.example.org:8443', https, 8443))
  assert.ok(isOwnHost('nano.example.org', https, 443))
  assert.ok(!isOwnHost('nano.example.org', https, 80))
  for (const host of ['', undefined, '?', 'nano.example.org:'])
    assert.ok(!isOwnHost(host, {...https, isCertified: () => true}, 443), host)
  assert.ok(!isOwnHost('evil.example:8443', https, 8443))
})

test('a change must come from a page of the same origin, or from a program that may', () => {
  const form = {
    method: 'POST',
    scheme: 'http',
    host: 'nano.local:8080',
    origin: 'http://nano.local:8080',
    fetchSite: undefined,
    hasToken: false,
    isOnLoopback: false,
  } as const
  assert.ok(isOwnChange(form))
  assert.ok(isOwnChange({...form, method: 'GET', origin: 'http://evil.example'}))
  assert.ok(!isOwnChange({...form, origin: 'http://evil.example'}))
  assert.ok(!isOwnChange({...form, origin: 'https://nano.local:8080'}))
  assert.ok(isOwnChange({...form, scheme: 'https', origin: 'https://nano.local:8080'}))
  assert.ok(!isOwnChange({...form, scheme: 'https', origin: 'http://nano.local:8080'}))
  assert.ok(!isOwnChange({...form, origin: 'null'}))
  assert.ok(!isOwnChange({...form, origin: 'http://evil.example', hasToken: true}))
  assert.ok(!isOwnChange({...form, origin: undefined}))
  assert.ok(isOwnChange({...form, origin: undefined, hasToken: true}))
  assert.ok(isOwnChange({...form, origin: undefined, isOnLoopback: true}))
  assert.ok(!isOwnChange({...form, origin: undefined, isOnLoopback: true, fetchSite: 'cross-site'}))
})

test('a code pairs once and as its own role, then there is a new one', () => {
  const paired: string[] = []
  const pairing = startPairing(stillClock(), {onPaired: (role) => paired.push(role)})
  const first = pairing.code('owner')
  const ofReader = pairing.code('reader')
  assert.match(first, /^\d{4} \d{4}$/)
  assert.notEqual(ofReader, first)
  const claimed = {kind: 'paired', role: 'owner'}
  assert.deepEqual(pairing.claim(first.replace(' ', '-'), 'a'), claimed)
  assert.notEqual(pairing.code('owner'), first)
  assert.deepEqual(pairing.claim(first, 'a'), {kind: 'wrong'})
  assert.equal(pairing.code('reader'), ofReader)
  assert.deepEqual(pairing.claim(ofReader, 'a'), {kind: 'paired', role: 'reader'})
  assert.deepEqual(paired, ['owner', 'reader'])
})

test('a link’s code pairs once too, and with it the short one is used up', () => {
  const pairing = startPairing(stillClock())
  const short = pairing.code('reader')
  const long = pairing.linkCode('reader')
  assert.match(long, /^[\da-f]{24}$/)
  assert.deepEqual(pairing.claim(long, 'a'), {kind: 'paired', role: 'reader'})
  assert.deepEqual(pairing.claim(long, 'a'), {kind: 'wrong'})
  assert.deepEqual(pairing.claim(short, 'a'), {kind: 'wrong'})
})

test('nothing pairs as a role whose code nobody has asked for', () => {
  for (const guess of ['', '-', ' ', 'undefined']) {
    assert.equal(startPairing(stillClock()).claim(guess, 'a').kind, 'wrong')
  }
})

test('codes that were told are worthless once they are renewed', () => {
  const pairing = startPairing(stillClock())
  const told = [pairing.code('owner'), pairing.linkCode('owner'), pairing.code('reader')]
  pairing.renew()
  for (const code of told) assert.equal(pairing.claim(code, 'a').kind, 'wrong')
})

test('whoever guesses waits longer and longer, but nobody else does', () => {
  const clock = stillClock()
  const pairing = startPairing(clock)
  for (let i = 0; i < 3; i++) assert.equal(pairing.claim('0', 'guesser').kind, 'wrong')
  const code = pairing.code('owner')
  const waiting = {kind: 'wait', seconds: 1, because: 'address'}
  assert.deepEqual(pairing.claim(code, 'guesser'), waiting)
  assert.equal(pairing.claim(code, 'owner').kind, 'paired')
  clock.atMs += 1000
  assert.equal(pairing.claim(pairing.code('owner'), 'guesser').kind, 'paired')
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(waitAfter), [0, 0, 1000, 2000, 4000, 8000])
  assert.equal(waitAfter(500), 600_000)
})

test('many addresses together get 60 tries and then one a minute, and links go on all the while', () => {
  const clock = stillClock()
  const pairing = startPairing(clock)
  const tryFrom = (address: string) => pairing.claim('0', address).kind
  const flood = (n: number) => Array.from({length: n}, (_, i) => tryFrom(`${clock.atMs} ${i}`))
  assert.equal(flood(1000).filter((kind) => kind === 'wrong').length, 60)
  assert.deepEqual(pairing.claim(pairing.code('owner'), 'owner'), {
    kind: 'wait',
    seconds: 60,
    because: 'all',
  })
  assert.equal(pairing.claim(pairing.linkCode('owner'), 'owner').kind, 'paired')
  let wrong = 0
  for (let minute = 0; minute < 60; minute++) {
    clock.atMs += 60_000
    wrong += flood(10).filter((kind) => kind === 'wrong').length
  }
  assert.equal(wrong, 60)
  clock.atMs += 60_000
  assert.equal(pairing.claim(pairing.code('owner'), 'owner').kind, 'paired')
})

test('a guesser is named in the journal', () => {
  const clock = stillClock()
  const seen: unknown[] = []
  const pairing = startPairing(clock, {onGuessing: (...what) => seen.push(what)})
  for (let i = 0; i < 20; i++) {
    pairing.claim('0', '192.168.1.66')
    clock.atMs += 600_000
  }
  assert.deepEqual(seen, [
    ['192.168.1.66', 10],
    ['192.168.1.66', 20],
  ])
})

test('a browser is first called by what it says of itself', () => {
  const names: Readonly<Record<string, string>> = {
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1':
      'Safari on iPhone',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36':
      'Chrome on Android',
    'Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S908B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36':
      'Samsung Internet on Android',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0':
      'Edge on Windows',
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0': 'Firefox on Linux',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15':
      'Safari on Mac',
    'curl/8.5.0': 'curl',
    '<script>alert(1)</script>': 'Browser',
  }
  for (const [userAgent, name] of Object.entries(names)) assert.equal(browserName(userAgent), name)
  assert.equal(browserName(undefined), 'Browser')
})

test('a name is one line that a person can read', () => {
  assert.deepEqual(readName('  My\r\n\u202e phone '), {ok: true, value: 'My phone'})
  for (const typed of ['', ' \n', 'x'.repeat(41), undefined, ['a'], {}]) {
    assert.ok(!readName(typed).ok, String(typed))
  }
})

test('sessions survive a restart as hashes in a file of the owner, and can be revoked', async (t) => {
  const home = await temporaryFolder(t)
  const parts = {clock: stillClock(), log: silentLog}
  const {sessions} = await openGrants(home, parts)
  const {secret, id} = await added(sessions, {name: 'Phone', role: 'reader'})
  const file = join(home, 'auth.json')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.ok(!(await readFile(file, 'utf8')).includes(secret))

  const reopened = (await openGrants(home, parts)).sessions
  assert.equal(reopened.use(secret)?.role, 'reader')
  assert.equal(reopened.use(`${secret}x`), undefined)
  assert.deepEqual(
    (await reopened.revoke((session) => session.id === id)).map(({name}) => name),
    ['Phone'],
  )
  assert.equal(reopened.use(secret), undefined)
  assert.equal((await openGrants(home, parts)).sessions.use(secret), undefined)
})

test('a session ends after 400 days, a token does not', async (t) => {
  const clock = stillClock()
  const {sessions, tokens} = await openGrants(await temporaryFolder(t), {clock, log: silentLog})
  const session = await added(sessions, {name: 'Phone', role: 'owner'})
  const token = await added(tokens, {name: 'backup', role: 'reader'})
  clock.atMs += 400 * 24 * 3_600_000
  assert.equal(sessions.use(session.secret), undefined)
  assert.deepEqual(sessions.all(), [])
  assert.equal(tokens.use(token.secret)?.role, 'reader')
})

test('a session is no token, and a token no session', async (t) => {
  const {sessions, tokens} = await openGrants(await temporaryFolder(t), {
    clock: stillClock(),
    log: silentLog,
  })
  const session = await added(sessions, {name: 'Phone', role: 'owner'})
  const token = await added(tokens, {name: 'backup', role: 'owner'})
  assert.match(token.secret, /^simmer_[\w-]{43}$/)
  assert.equal(tokens.use(session.secret), undefined)
  assert.equal(sessions.use(token.secret), undefined)
})

test('when somebody was seen is kept to the hour: the disk is not written for each request', async (t) => {
  const home = await temporaryFolder(t)
  const clock = stillClock()
  const {sessions} = await openGrants(home, {clock, log: silentLog})
  const {secret} = await added(sessions, {name: 'Phone', role: 'owner'})
  const before = (await stat(join(home, 'auth.json'))).ino
  for (let i = 0; i < 59; i++) {
    clock.atMs += 60_000
    sessions.use(secret)
  }
  // Saved in order: once this one is there, an earlier one would be, too.
  assert.equal((await stat(join(home, 'auth.json'))).ino, before)
  clock.atMs += 60_000
  sessions.use(secret)
  await sessions.rename(sessions.all()[0]?.id ?? '', 'My phone')
  const reopened = (await openGrants(home, {clock, log: silentLog})).sessions
  assert.deepEqual(
    reopened.all().map(({name, lastSeenAtMs}) => [name, lastSeenAtMs]),
    [['My phone', 1000 + 3_600_000]],
  )
})

test('the 65th browser takes the place of the one that was not seen for longest', async (t) => {
  const clock = stillClock()
  const revoked: string[] = []
  const {sessions} = await openGrants(await temporaryFolder(t), {
    clock,
    log: silentLog,
    onRevoked: (id) => revoked.push(id),
  })
  const first = await added(sessions, {name: 'Phone', role: 'owner'})
  const second = await added(sessions, {name: 'Phone', role: 'owner'})
  assert.equal(second.name, 'Phone 2')
  for (let i = 2; i < 64; i++) {
    clock.atMs += 1000
    await added(sessions, {name: 'Phone', role: 'reader'})
  }
  clock.atMs += 3_600_000
  assert.ok(sessions.use(first.secret))
  await added(sessions, {name: 'Phone', role: 'reader'})
  assert.equal(sessions.all().length, 64)
  assert.ok(sessions.use(first.secret))
  assert.equal(sessions.use(second.secret), undefined)
  assert.deepEqual(revoked, [second.id])
})

test('no two tokens have one name, and there are 64 at most', async (t) => {
  const {tokens} = await openGrants(await temporaryFolder(t), {
    clock: stillClock(),
    log: silentLog,
  })
  for (let i = 0; i < 64; i++) await added(tokens, {name: `t${i}`, role: 'reader'})
  const twice = await tokens.add({name: 't3', role: 'owner'})
  assert.match(problemOf(twice), /already/)
  assert.match(problemOf(await tokens.add({name: 'one more', role: 'owner'})), /at most 64/)
  assert.equal(tokens.all().length, 64)
})

test('who was paired before there were roles is an owner', async (t) => {
  const home = await temporaryFolder(t)
  const secret = 'the cookie of an earlier version'
  const hash = createHash('sha256').update(secret).digest('hex')
  await writeFile(join(home, 'auth.json'), JSON.stringify({sessions: [{hash, createdAtMs: 500}]}))
  const {sessions, tokens} = await openGrants(home, {clock: stillClock(), log: silentLog})
  const session = sessions.use(secret)
  assert.deepEqual([session?.role, session?.name], ['owner', 'Browser'])
  assert.deepEqual(tokens.all(), [])
})

test('a damaged session file is kept aside and said so', async (t) => {
  const unknownRole = {id: 'a', hash: 'b', name: 'c', role: 'guest', createdAtMs: 1}
  for (const text of ['{"sessions":', JSON.stringify({sessions: [unknownRole]})]) {
    const home = await temporaryFolder(t)
    await writeFile(join(home, 'auth.json'), text)
    const warnings: string[] = []
    const log = {...silentLog, warn: (message: string) => void warnings.push(message)}
    const {sessions} = await openGrants(home, {clock: stillClock(), log})
    assert.match(warnings.join(), /kept as auth.json.damaged/)
    assert.equal(await readFile(join(home, 'auth.json.damaged'), 'utf8'), text)
    assert.deepEqual(sessions.all(), [])
    assert.ok(sessions.use((await added(sessions, {name: 'Phone', role: 'owner'})).secret))
  }
})

test('a disk that was full once takes what comes later', async (t) => {
  const home = await temporaryFolder(t)
  const {sessions} = await openGrants(home, {clock: stillClock(), log: silentLog})
  // Nothing can be written where a folder stands.
  await mkdir(join(home, 'auth.json.new'))
  const refused = await sessions.add({name: 'Phone', role: 'owner'})
  assert.match(
    String(!refused.ok && refused.problems),
    /Expected the disk to take it, .*Free some space/,
  )
  assert.deepEqual(sessions.all(), [])
  await rm(join(home, 'auth.json.new'), {recursive: true})
  await added(sessions, {name: 'Tablet', role: 'owner'})
  assert.match(await readFile(join(home, 'auth.json'), 'utf8'), /Tablet/)
})

test('what was revoked while the disk was full stays revoked after a restart', async (t) => {
  const home = await temporaryFolder(t)
  const {sessions} = await openGrants(home, {clock: stillClock(), log: silentLog})
  const {secret} = await added(sessions, {name: 'Phone', role: 'owner'})
  await mkdir(join(home, 'auth.json.new'))
  await sessions.revoke(() => true)
  assert.equal(sessions.use(secret), undefined)
  await rm(join(home, 'auth.json.new'), {recursive: true})
  while ((await readFile(join(home, 'auth.json'), 'utf8')).includes('Phone')) await sleep(50)
  const again = await openGrants(home, {clock: stillClock(), log: silentLog})
  assert.equal(again.sessions.use(secret), undefined)
})

test('the command line’s token stays the same over restarts and belongs to the owner', async (t) => {
  const home = await temporaryFolder(t)
  const token = await ensureCliToken(home)
  assert.equal(await ensureCliToken(home), token)
  assert.equal((await stat(join(home, 'cli-token'))).mode & 0o777, 0o600)
})

const temporaryFolder = async (t: {after: (end: () => Promise<void>) => void}): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'simmer-auth-'))
  t.after(() => rm(folder, {recursive: true}))
  return folder
}

const added = async (grants: Grants, grant: Parameters<Grants['add']>[0]) => {
  const result = await grants.add(grant)
  if (!result.ok) throw new Error(problemOf(result))
  return result.value
}

const problemOf = (result: Result<unknown>): string => (result.ok ? '' : result.problems.join(' '))
