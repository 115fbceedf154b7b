import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {isAlive, until} from '../fixtures/processes.ts'
import {projectRoot} from '../fixtures/project.ts'

const pm2 = join(projectRoot(), 'node_modules/pm2/bin/pm2')
const isBuilt = existsSync(join(projectRoot(), 'dist/src/main.js'))

const where = {skip: isBuilt ? false : 'dist/ is not built: npm test builds it'}

/** A pm2 of its own, by its own home: no other one of this machine is touched. */
const ownPm2 = async (t: TestContext, settings: Readonly<Record<string, string>> = {}) => {
  const port = await freePort()
  const home = join(temporaryFolder(t), 'pm2')
  const env = {
    ...process.env,
    PM2_HOME: home,
    SIMMER_HOME: join(temporaryFolder(t), 'home'),
    SIMMER_PORT: String(port),
    SIMMER_BACKEND: 'wasm',
    ...settings,
  }
  const run = (...args: readonly string[]) => {
    const ended = spawnSync(process.execPath, [pm2, ...args], {
      cwd: projectRoot(),
      env,
      encoding: 'utf8',
    })
    assert.equal(ended.status, 0, ended.stderr)
    return ended.stdout
  }
  t.after(() => run('kill'))
  /** What pm2 knows of the daemon; its own news may stand before that. */
  const app = () => JSON.parse(run('jlist').split('\n').at(-1) ?? '')[0].pm2_env
  return {
    run,
    port,
    pid: () => Number(run('pid', 'simmer')),
    app,
    log: () => readFileSync(app().pm_err_log_path, 'utf8'),
  }
}

test('pm2 starts the daemon, and stops it again', where, async (t) => {
  const {run, port, log} = await ownPm2(t)
  run('start', 'ecosystem.config.cjs')
  await healthy(port)
  run('stop', 'simmer')
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
  assert.match(log(), /Simmer is at .*Stopping; running trials will start again\.\n/s)
})

test('pm2 starts the daemon again after kill -9, and keeps the log of both', where, async (t) => {
  const {run, port, pid, log} = await ownPm2(t)
  run('start', 'ecosystem.config.cjs')
  await healthy(port)
  const first = pid()
  assert.ok(first > 0)
  process.kill(first, 'SIGKILL')
  await until(() => !isAlive(first))
  await healthy(port)
  assert.notEqual(pid(), first)
  assert.equal(log().match(/Simmer is at/g)?.length, 2)
  assert.ok(run('logs', 'simmer', '--nostream').includes('Simmer is at'))
})

test('pm2 does not try again where a setting cannot be used', where, async (t) => {
  const {run, app, log} = await ownPm2(t, {SIMMER_TEMPERATURE_C: 'hot'})
  run('start', 'ecosystem.config.cjs')
  while (app().exit_code !== 2) await sleep(100)
  // It calls that "waiting restart", but waits for good: longer than the first delay.
  await sleep(2_500)
  assert.equal(app().restart_time, 0)
  assert.match(log(), /^error: SIMMER_TEMPERATURE_C: .*hot.*\n$/)
})

const healthy = async (port: number): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined)
    if (answer?.ok) {
      assert.deepEqual(await answer.json(), {status: 'ok'})
      return
    }
    await sleep(100)
  }
  assert.fail('the daemon did not answer')
}
