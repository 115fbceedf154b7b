import assert from 'node:assert/strict'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {stringify} from 'yaml'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {isAlive, until} from '../../fixtures/processes.ts'
import {startSimmer} from '../../fixtures/simmer.ts'

/** Starts the real program on a command that tells its number and then works for ever. */
const startEndless = async (folder: string) => {
  const pidFile = join(folder, 'pid')
  const studyFile = join(folder, 'study.yaml')
  writeFileSync(
    studyFile,
    stringify({
      name: 'endless',
      command: `echo $$ > ${pidFile}; while true; do sleep 1; done`,
      space: {x: {uniform: [0, 1]}},
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {trials: 1},
    }),
  )
  const simmer = startSimmer(['run', studyFile], {env: {SIMMER_HOME: join(folder, 'home')}})
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'))
  return {simmer, pid: Number(readFileSync(pidFile, 'utf8'))}
}

test('a daemon that is killed takes its programs with it', async (t) => {
  const {simmer, pid} = await startEndless(temporaryFolder(t))
  assert.ok(isAlive(pid))
  simmer.child.kill('SIGKILL')
  await until(() => !isAlive(pid))
})

test('a program that stands still when the daemon is killed does not stand there for ever', async (t) => {
  const {simmer, pid} = await startEndless(temporaryFolder(t))
  process.kill(-pid, 'SIGSTOP')
  simmer.child.kill('SIGKILL')
  await until(() => !isAlive(pid))
})
