import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {type Log, silentLog} from '../../../src/daemon/base/log.ts'
import {openServiceManager} from '../../../src/daemon/supervisor/service-manager.ts'
import {childrenOf} from '../../fixtures/children.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {freePort} from '../../fixtures/free-port.ts'
import {until} from '../../fixtures/processes.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {startSimmer} from '../../fixtures/simmer.ts'

const relay = ['perl', join(projectRoot(), 'systemd/notify-relay.pl')] as const

/** A socket such as systemd's, and what came through it so far. */
const listen = async (t: TestContext, name = join(temporaryFolder(t), 'notify')) => {
  const listener = spawn('perl', [join(projectRoot(), 'test/fixtures/notify-socket.pl'), name])
  t.after(() => listener.kill())
  let text = ''
  listener.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  const lines = () => text.split('\n').slice(1, -1)
  await until(() => text.startsWith('listening\n'))
  return {
    name,
    lines,
    says: (line: string, times = 1) =>
      until(() => lines().filter((one) => one === line).length >= times),
  }
}

test('systemd hears of the start, of what goes on, of signs of life, and of the end', async (t) => {
  const systemd = await listen(t)
  const env = {NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '60000'}
  const manager = openServiceManager({env, relay, log: silentLog})
  let activity = 'Waiting: nothing is queued'
  manager.status('Starting')
  manager.ready(() => activity)
  await systemd.says('WATCHDOG=1', 2)
  activity = 'Training trial 7 of\nsimpsons-lenet-1'
  await systemd.says('STATUS=Training trial 7 of simpsons-lenet-1')
  manager.stopping()
  await manager.close()
  await systemd.says('STOPPING=1')
  assert.deepEqual(
    systemd.lines().filter((line) => line !== 'WATCHDOG=1'),
    [
      'STATUS=Starting',
      'READY=1',
      'STATUS=Waiting: nothing is queued',
      'STATUS=Training trial 7 of simpsons-lenet-1',
      'STOPPING=1',
    ],
  )
})

test('a socket without a file will do', async (t) => {
  const systemd = await listen(t, `@simmer-test-${process.pid}`)
  const manager = openServiceManager({env: {NOTIFY_SOCKET: systemd.name}, relay, log: silentLog})
  manager.ready(() => 'Waiting')
  await manager.close()
  await systemd.says('STATUS=Waiting')
})

test('a watchdog that is set for another process counts no signs of ours', async (t) => {
  const systemd = await listen(t)
  const env = {NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1'}
  const manager = openServiceManager({env, relay, log: silentLog})
  let asked = 0
  manager.ready(() => `asked ${asked++}`)
  await systemd.says('STATUS=asked 0')
  await manager.close()
  assert.equal(asked, 1)
})

test('a relay that was killed is started again, and its end is told', async (t) => {
  const systemd = await listen(t)
  const warnings: string[] = []
  const log: Log = {...silentLog, warn: (message) => warnings.push(message)}
  const env = {NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '60000'}
  const manager = openServiceManager({env, relay, log})
  t.after(() => manager.close())
  manager.ready(() => 'Waiting')
  await systemd.says('WATCHDOG=1')
  const before = childrenOf(process.pid)
  const first = before.at(-1)
  assert.ok(first)
  process.kill(first, 'SIGKILL')
  await until(() => warnings.length > 0)
  const seen = systemd.lines().filter((line) => line === 'WATCHDOG=1').length
  await systemd.says('WATCHDOG=1', seen + 1)
  assert.deepEqual(warnings, [
    'systemd hears nothing of this daemon until its relay runs again: it ended with SIGKILL',
  ])
})

test('a relay that cannot be started is told once a sign, and the daemon goes on', async () => {
  const warnings: string[] = []
  const log: Log = {...silentLog, warn: (message) => warnings.push(message)}
  const env = {NOTIFY_SOCKET: '/nowhere'}
  const manager = openServiceManager({env, relay: ['no-such-program'], log})
  manager.ready(() => 'Waiting')
  await until(() => warnings.length > 0)
  await manager.close()
  assert.match(warnings[0] ?? '', /relay runs again: .*ENOENT/)
})

test('where no service manager listens, nothing is started', async () => {
  const manager = openServiceManager({env: {}, relay: ['no-such-program'], log: silentLog})
  manager.status('Starting')
  manager.ready(() => assert.fail('asked'))
  manager.stopping()
  await manager.close()
})

test('what the environment says of the service manager does not reach the programs of trials', async (t) => {
  const systemd = await listen(t)
  const env = {PATH: process.env.PATH, NOTIFY_SOCKET: systemd.name, WATCHDOG_USEC: '60000'}
  const manager = openServiceManager({env, relay, log: silentLog})
  await manager.close()
  assert.deepEqual(Object.keys(env), ['PATH'])
})

test('the daemon itself says when its pages answer, and that it ends', async (t) => {
  const systemd = await listen(t)
  const port = await freePort()
  const simmer = startSimmer(['serve'], {
    env: {
      SIMMER_HOME: temporaryFolder(t),
      SIMMER_PORT: String(port),
      SIMMER_BACKEND: 'wasm',
      NOTIFY_SOCKET: systemd.name,
      WATCHDOG_USEC: '300000',
    },
  })
  await systemd.says('READY=1')
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200)
  await systemd.says('WATCHDOG=1', 3)
  simmer.child.kill('SIGTERM')
  assert.equal((await simmer.ended).code, 0)
  await systemd.says('STOPPING=1')
})

test('a daemon whose event loop hangs gives no sign of life', async (t) => {
  const systemd = await listen(t)
  const simmer = startSimmer(['serve'], {
    env: {
      SIMMER_HOME: temporaryFolder(t),
      SIMMER_PORT: String(await freePort()),
      SIMMER_BACKEND: 'wasm',
      NOTIFY_SOCKET: systemd.name,
      WATCHDOG_USEC: '30000',
    },
  })
  t.after(() => simmer.child.kill('SIGKILL'))
  await systemd.says('WATCHDOG=1', 3)
  simmer.child.kill('SIGSTOP')
  // What was already on its way may still come.
  const signs = () => systemd.lines().filter((line) => line === 'WATCHDOG=1').length
  await new Promise((resolve) => setTimeout(resolve, 300))
  const before = signs()
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(signs(), before)
  simmer.child.kill('SIGCONT')
  await systemd.says('WATCHDOG=1', before + 1)
})
