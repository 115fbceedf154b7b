import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {temporaryFolder} from '../fixtures/folders.ts'
import {projectRoot} from '../fixtures/project.ts'

const script = join(projectRoot(), 'systemd/back-off.sh')

/** A service that systemd has started again `restarts` times, and programs that only tell what they were asked. */
const service = (t: TestContext) => {
  const programs = temporaryFolder(t)
  const folder = temporaryFolder(t)
  const fake = (name: string, text: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, {mode: 0o755})
  fake('sleep', 'echo "sleeps $1"')
  return {
    starts: join(folder, 'starts'),
    /** What one start says before it. */
    start: (restarts: number, atS: number): string => {
      fake('systemctl', `echo NRestarts=${restarts}`)
      fake('date', `echo ${atS}`)
      const env = {...process.env, PATH: `${programs}:${process.env.PATH}`}
      const {status, stdout, stderr} = spawnSync('sh', [script, folder, 'simmer'], {
        encoding: 'utf8',
        env,
      })
      assert.equal(status, 0, stderr)
      return stdout
    },
  }
}

const secondsIn = (said: string): number => Number(/sleeps (\d+)/.exec(said)?.[1] ?? 0)

test('a service that crashes at once waits longer and longer, up to five minutes', (t) => {
  const {start} = service(t)
  const waits = Array.from({length: 12}, (_, n) => secondsIn(start(n, 1000 + n)))
  assert.deepEqual(waits, [0, 0, 0, 0, 10, 20, 40, 80, 160, 300, 300, 300])
})

test('it says why it waits', (t) => {
  const {start} = service(t)
  for (let n = 1; n <= 3; n++) start(n, 1000 + n)
  assert.match(
    start(4, 1004),
    /^It had to be started 4 times within an hour; the next try is in 10 s\.\n/,
  )
})

test('a crash now and then does not wait', (t) => {
  const {start} = service(t)
  for (let n = 1; n <= 20; n++) assert.equal(start(n, n * 1200), '')
})

test('a start by hand does not wait, and forgets', (t) => {
  const {start, starts} = service(t)
  for (let n = 1; n <= 9; n++) start(n, 1000 + n)
  assert.equal(start(0, 1010), '')
  assert.throws(() => readFileSync(starts))
  assert.equal(start(1, 1011), '')
})
