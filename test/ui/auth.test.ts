import assert from 'node:assert/strict'
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {silentLog} from '../../src/daemon/base/log.ts'
import {ensureCliToken} from '../../src/ui/auth/cli-token.ts'
import {startPairing, waitAfter} from '../../src/ui/auth/pairing.ts'
import {isLoopback, isOwnHost, mayChange, ownNames} from '../../src/ui/auth/same-origin.ts'
import {openSessions} from '../../src/ui/auth/sessions.ts'

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
  const names = ownNames('0.0.0.0', 'nano')
  for (const host of [
    'localhost:8080',
    '127.0.0.1:8080',
    '[::1]:8080',
    'NANO.local:8080',
    'simmer.local:8080',
  ]) {
    assert.ok(isOwnHost(host, names, 8080), host)
  }
  for (const host of [
    'evil.example:8080',
    'localhost',
    'localhost:80',
    'localhost:8080.evil.example',
    '',
    undefined,
  ]) {
    assert.ok(!isOwnHost(host, names, 8080), host)
  }
  assert.ok(isOwnHost('nano', names, 80))
  assert.ok(!isOwnHost('nano.local:8080', ownNames('127.0.0.1', 'nano'), 8080))
})

test('a change must come from a page of the same origin, or from a program that may', () => {
  const form = {
    method: 'POST',
    host: 'nano.local:8080',
    origin: 'http://nano.local:8080',
    fetchSite: undefined,
    hasToken: false,
    isOnLoopback: false,
  }
  assert.ok(mayChange(form))
  assert.ok(mayChange({...form, method: 'GET', origin: 'http://evil.example'}))
  assert.ok(!mayChange({...form, origin: 'http://evil.example'}))
  assert.ok(!mayChange({...form, origin: 'https://nano.local:8080'}))
  assert.ok(!mayChange({...form, origin: 'null'}))
  assert.ok(!mayChange({...form, origin: 'http://evil.example', hasToken: true}))
  assert.ok(!mayChange({...form, origin: undefined}))
  assert.ok(mayChange({...form, origin: undefined, hasToken: true}))
  assert.ok(mayChange({...form, origin: undefined, isOnLoopback: true}))
  assert.ok(!mayChange({...form, origin: undefined, isOnLoopback: true, fetchSite: 'cross-site'}))
})

test('a code pairs once, then a new one is told', () => {
  const told: string[] = []
  const pairing = startPairing(stillClock(), (code) => told.push(code))
  const first = pairing.code()
  assert.match(first, /^\d{4} \d{4}$/)
  assert.deepEqual(pairing.claim(first.replace(' ', '-')), {kind: 'paired'})
  assert.deepEqual(told, [pairing.code()])
  assert.notEqual(pairing.code(), first)
  assert.deepEqual(pairing.claim(first), {kind: 'wrong'})
})

test('whoever guesses waits longer and longer, but not for more than a minute', () => {
  const clock = stillClock()
  const pairing = startPairing(clock)
  for (let i = 0; i < 3; i++) assert.equal(pairing.claim('0').kind, 'wrong')
  assert.deepEqual(pairing.claim(pairing.code()), {kind: 'wait', seconds: 1})
  clock.atMs += 1000
  assert.deepEqual(pairing.claim(pairing.code()), {kind: 'paired'})
  assert.deepEqual([1, 2, 3, 4, 5, 6].map(waitAfter), [0, 0, 1000, 2000, 4000, 8000])
  assert.equal(waitAfter(500), 60_000)
})

test('sessions survive a restart as hashes in a file of the owner, and can be forgotten', async (t) => {
  const home = await temporaryFolder(t)
  const parts = {clock: stillClock(), log: silentLog}
  const cookie = await (await openSessions(home, parts)).create()
  const file = join(home, 'auth.json')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.ok(!(await readFile(file, 'utf8')).includes(cookie))

  const reopened = await openSessions(home, parts)
  assert.ok(reopened.knows(cookie))
  assert.ok(!reopened.knows(`${cookie}x`))
  await reopened.forget(cookie)
  assert.ok(!(await openSessions(home, parts)).knows(cookie))
})

test('a session ends after 400 days', async (t) => {
  const clock = stillClock()
  const sessions = await openSessions(await temporaryFolder(t), {clock, log: silentLog})
  const cookie = await sessions.create()
  clock.atMs += 400 * 24 * 3_600_000
  assert.ok(!sessions.knows(cookie))
})

test('a damaged session file is kept aside and said so', async (t) => {
  const home = await temporaryFolder(t)
  await writeFile(join(home, 'auth.json'), '{"sessions":')
  const warnings: string[] = []
  const log = {...silentLog, warn: (message: string) => void warnings.push(message)}
  const sessions = await openSessions(home, {clock: stillClock(), log})
  assert.match(warnings.join(), /kept as auth.json.damaged/)
  assert.equal(await readFile(join(home, 'auth.json.damaged'), 'utf8'), '{"sessions":')
  assert.ok(sessions.knows(await sessions.create()))
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
