import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync, statSync} from 'node:fs'
import {getPriority} from 'node:os'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {fullPace} from '../../../src/daemon/throttle/pace.ts'
import {startCommandTrial} from '../../../src/daemon/trials/command-trial.ts'
import {giveWay} from '../../../src/daemon/trials/give-way.ts'
import {memoryOfProcess, memoryOfSession} from '../../../src/daemon/trials/memory-use.ts'
import type {TrialLimits} from '../../../src/daemon/trials/trial-limits.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {isAlive, until} from '../../fixtures/processes.ts'
import {projectRoot} from '../../fixtures/project.ts'

const fixture = (name: string) => join(projectRoot(), 'test/fixtures', name)
const eating = `node ${fixture('eating-program.mjs')}`
const megabyte = 2 ** 20
const onLinux = process.platform === 'linux' ? false : 'only Linux tells'

const start = (command: string, limits: TrialLimits = {}, pace = fullPace) => {
  const listener = {onEpoch: () => {}, onProgress: () => {}}
  return startCommandTrial(command, {}, {pace, limits, listener})
}

const reasonOf = async (run: ReturnType<typeof start>) => {
  const outcome = await run.outcome
  assert.ok(outcome.kind === 'failed', outcome.kind)
  return outcome.reason
}

test('a program that eats memory is ended above its limit, and says so', async () => {
  const reason = await reasonOf(start(`${eating} 1000`, {memoryBytes: 300 * megabyte}))
  assert.equal(reason.kind, 'out-of-memory')
  assert.match(
    reason.message,
    /^The trial held \d+ MB of memory, its limit is 300 MB\. .*SIMMER_TRIAL_MEMORY_MB\.$/,
  )
})

test('what a program started counts with it', async () => {
  const reason = await reasonOf(start(`${eating} 1000 --family`, {memoryBytes: 300 * megabyte}))
  assert.equal(reason.kind, 'out-of-memory')
})

test('memory that processes share counts once', {
  skip: onLinux || (spawnSync('python3', ['--version']).status !== 0 && 'python3 is not here'),
}, async () => {
  const file = fixture('sharing-program.py')
  const limits = {memoryBytes: 400 * megabyte}
  assert.equal((await start(`python3 ${file}`, limits).outcome).kind, 'done')
})

test('a program that was killed is told from one that failed', async () => {
  for (const command of ['kill -9 $$', `sh -c 'kill -9 $$'; exit $?`]) {
    const reason = await reasonOf(start(command))
    assert.equal(reason.kind, 'out-of-memory', command)
    assert.match(reason.message, /was killed, most likely for lack of memory/)
  }
})

test('a silent program is ended where its study says so, and left alone elsewhere', async () => {
  const reason = await reasonOf(start('echo once; exec sleep 100', {silenceMs: 1_500}))
  assert.deepEqual(reason, {
    kind: 'timed-out',
    message:
      'The trial said nothing for 1.5 s and was ended. If it was only slow, raise `silence_s` in the study file.',
  })
  assert.equal((await start('sleep 4').outcome).kind, 'done')
})

test('a program that speaks from time to time, or must stand still, is not silent', async () => {
  const limits = {silenceMs: 2_500}
  const speaking = start('for i in 1 2 3 4 5; do sleep 1; echo $i >&2; done', limits)
  const standing = start('echo begin', limits, {...fullPace, duty: 0})
  assert.equal((await speaking.outcome).kind, 'done')
  standing.setPace(fullPace)
  assert.equal((await standing.outcome).kind, 'done')
})

test('a program that ends leaves nothing of its group behind', async (t) => {
  const file = join(temporaryFolder(t), 'ticks')
  const ticking = `node ${fixture('ticking-program.mjs')} ${file} --deaf`
  const run = start(`${ticking} >/dev/null 2>&1 & while [ ! -s ${file} ]; do sleep 0.05; done`)
  assert.equal((await run.outcome).kind, 'done')
  await sleep(100)
  const size = statSync(file).size
  await sleep(300)
  assert.equal(statSync(file).size, size)
})

test('trials stand behind the daemon: nicer, and the first to go when memory runs out', {
  skip: onLinux,
}, async (t) => {
  const file = join(temporaryFolder(t), 'pid')
  const run = start(`sleep 0.2; sh -c 'echo $$ > ${file}; exec sleep 100'`)
  t.after(run.stop)
  await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'))
  // A grandchild has what its parents had.
  const pid = Number(readFileSync(file, 'utf8'))
  assert.equal(getPriority(pid), 10)
  assert.equal(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'), '500\n')
  assert.notEqual(readFileSync('/proc/self/oom_score_adj', 'utf8'), '500\n')
  run.stop()
  await run.outcome
  await until(() => !isAlive(pid))
})

test('what can not be known or set is passed over', async () => {
  const nobody = 2 ** 22 + 1
  giveWay(nobody)
  assert.equal(await memoryOfProcess(nobody), undefined)
  assert.equal(await memoryOfSession(nobody)(1), undefined)
})

test('a living process holds some memory', async () => {
  const bytes = await memoryOfProcess(process.pid)
  assert.ok(bytes !== undefined && bytes > 10 * megabyte && bytes < 2_000 * megabyte, String(bytes))
})
