import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {projectRoot} from '../fixtures/project.ts'

const pm2 = join(projectRoot(), 'node_modules/pm2/bin/pm2')
const isBuilt = existsSync(join(projectRoot(), 'dist/src/main.js'))

test('pm2 starts the daemon, and stops it again', {
  skip: isBuilt ? false : 'dist/ is not built: npm test builds it',
}, async (t) => {
  const port = await freePort()
  const env = {
    ...process.env,
    PM2_HOME: join(temporaryFolder(t), 'pm2'),
    SIMMER_HOME: join(temporaryFolder(t), 'home'),
    SIMMER_PORT: String(port),
  }
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [pm2, ...args], {cwd: projectRoot(), env, encoding: 'utf8'})
  // Its own daemon, by its own home: no other pm2 of this machine is touched.
  t.after(() => run('kill'))
  const started = run('start', 'ecosystem.config.cjs')
  assert.equal(started.status, 0, started.stderr)
  await healthy(port)
  assert.equal(run('stop', 'simmer').status, 0)
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`))
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
