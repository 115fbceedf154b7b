import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {lastStopOf, openHome} from '../../../src/daemon/storage/home.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const problemOf = (folder: string): string => {
  const home = openHome(folder)
  assert.ok(!home.ok)
  assert.equal(home.problems.length, 1)
  return home.problems[0] ?? ''
}

test('a home is made where there is none, for its owner alone, and let go of in the end', (t) => {
  const folder = join(temporaryFolder(t), 'deep', 'home')
  const home = openHome(folder)
  assert.ok(home.ok)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.ok(existsSync(join(folder, 'lock')))
  home.value.release()
  assert.ok(!existsSync(join(folder, 'lock')))
})

/** A lock as another process would have left it. */
const lockOf = (folder: string, pid: number): void => {
  const own = openHome(folder)
  assert.ok(own.ok)
  const lock = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))
  writeFileSync(join(folder, 'lock'), JSON.stringify({...lock, pid}))
}

test('a home that a living process uses is refused with its number', (t) => {
  const folder = temporaryFolder(t)
  const other = spawn('sleep', ['60'])
  t.after(() => other.kill())
  lockOf(folder, other.pid ?? 0)
  assert.equal(
    problemOf(folder),
    `Expected to be the only Simmer that uses ${folder}, but process ${other.pid} has it open. Stop that one, or choose another SIMMER_HOME.`,
  )
})

test('the lock of a dead process, of another boot or torn by a power cut is taken over', async (t) => {
  const folder = temporaryFolder(t)
  const dead = spawn('true')
  await new Promise((resolve) => dead.once('close', resolve))
  lockOf(folder, dead.pid ?? 0)
  assert.ok(openHome(folder).ok)
  writeFileSync(join(folder, 'lock'), JSON.stringify({pid: 1, bootId: 'another'}))
  assert.ok(openHome(folder).ok)
  writeFileSync(join(folder, 'lock'), '{"pid": 1')
  assert.ok(openHome(folder).ok)
})

test('the lock that the last one left tells how it ended', async (t) => {
  const folder = temporaryFolder(t)
  const stopOf = (lock: string): string => {
    writeFileSync(join(folder, 'lock'), lock)
    const seen = lastStopOf(folder)
    const home = openHome(folder)
    assert.ok(home.ok)
    assert.equal(home.value.lastStop, seen)
    home.value.release()
    return seen
  }
  assert.equal(lastStopOf(folder), 'clean')
  const dead = spawn('true')
  await new Promise((resolve) => dead.once('close', resolve))
  lockOf(folder, dead.pid ?? 0)
  const killed = readFileSync(join(folder, 'lock'), 'utf8')
  const hasBootId = existsSync('/proc/sys/kernel/random/boot_id')
  assert.equal(stopOf(killed), hasBootId ? 'killed' : 'cut-off')
  assert.equal(stopOf('{"pid": 1, "bootId": "another"}'), hasBootId ? 'box-went-off' : 'cut-off')
  assert.equal(stopOf('{"pid": 1'), 'cut-off')
  assert.equal(lastStopOf(folder), 'clean')
})

test('while one has the home open, others learn how the one before it ended', (t) => {
  const folder = temporaryFolder(t)
  const other = spawn('sleep', ['60'])
  t.after(() => other.kill())
  writeFileSync(join(folder, 'lock'), '{"pid": 1')
  assert.ok(openHome(folder).ok)
  const lock = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))
  writeFileSync(join(folder, 'lock'), JSON.stringify({...lock, pid: other.pid}))
  assert.equal(lastStopOf(folder), 'cut-off')
})

test('it says whether its disk takes files, and leaves nothing behind', (t) => {
  const folder = temporaryFolder(t)
  const home = openHome(folder)
  assert.ok(home.ok)
  assert.equal(home.value.canBeWritten(), true)
  assert.deepEqual(readdirSync(folder), ['lock'])
  rmSync(folder, {recursive: true})
  assert.equal(home.value.canBeWritten(), false)
})

test('a home that cannot be made or written is one line with the setting and the way out', (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  assert.match(
    problemOf(join(folder, 'file', 'home')),
    /^SIMMER_HOME: expected a folder that can be written, got .*file\/home \(ENOTDIR.*\)\. Choose another/,
  )
  assert.match(
    problemOf(join(folder, 'file')),
    /^SIMMER_HOME: expected a folder that can be written/,
  )
})

test('so is one that is read-only', {
  skip: process.getuid?.() === 0 ? 'root may write everywhere' : false,
}, (t) => {
  const folder = join(temporaryFolder(t), 'home')
  mkdirSync(folder)
  chmodSync(folder, 0o500)
  assert.match(problemOf(folder), /^SIMMER_HOME: expected a folder that can be written/)
})
