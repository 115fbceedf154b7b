import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {stringify} from 'yaml'
import {overlay, writeNano} from '../fixtures/device-tree.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {projectRoot} from '../fixtures/project.ts'
import {serveSimmer} from '../fixtures/serving-simmer.ts'
import {simmer} from '../fixtures/simmer.ts'

const studyFile = (t: TestContext): string => {
  const file = join(temporaryFolder(t), 'study.yaml')
  const measuring = join(projectRoot(), 'test/fixtures/measuring-program.mjs')
  writeFileSync(
    file,
    stringify({
      name: 'three',
      command: `node ${measuring} --slow`,
      space: {x: {uniform: [0, 10]}},
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {trials: 50},
    }),
  )
  return file
}

test('a study is added, listed, shown, paused, resumed, canceled and exported from the command line', async (t) => {
  const {env, daemon} = await serveSimmer(t)
  const ask = async (...args: readonly string[]) => {
    const ended = await simmer(['study', ...args], {env})
    assert.equal(ended.code, 0, ended.stderr)
    return ended.stdout
  }
  assert.match(await ask('add', studyFile(t)), /^three-1 +queued/)
  assert.match(await ask('list'), /^three-1 +(queued|running)/)
  assert.equal(JSON.parse(await ask('list', '--json')).items[0].id, 'three-1')
  assert.match(await ask('pause', 'three-1'), /^three-1 +paused/)
  assert.equal(JSON.parse(await ask('show', 'three-1', '--json')).state, 'paused')
  assert.match(await ask('resume', 'three-1'), /^three-1 +(queued|running)/)
  assert.match(await ask('export', 'three-1'), /^trial,state,value,/)
  assert.match(await ask('show', 'three-1'), /^# three\n/)
  assert.match(await ask('cancel', 'three-1'), /^three-1 +canceled/)
  const missing = await simmer(['study', 'pause', 'nine'], {env})
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /^error: .*nine.*\n$/)
  daemon.child.kill('SIGTERM')
  assert.equal((await daemon.ended).code, 0)
})

test('a study file that is refused by the daemon is one line with its place', async (t) => {
  const {env} = await serveSimmer(t)
  const file = join(temporaryFolder(t), 'bad.yaml')
  writeFileSync(
    file,
    stringify({
      name: 'x',
      dataset: 'mnist',
      space: {lr: {uniform: [0.01, 0.1]}},
      budget: {trials: 1},
    }),
  )
  const ended = await simmer(['study', 'add', file], {env})
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /^error: dataset: expected one of .*, got "mnist"\.\n$/)
})

test('without a daemon the way to one is told', async (t) => {
  const port = String(await freePort())
  const ended = await simmer(['study', 'list'], {
    env: {SIMMER_PORT: port, SIMMER_HOME: temporaryFolder(t)},
  })
  assert.equal(ended.code, 1)
  assert.equal(
    ended.stderr,
    `error: Expected a running daemon at http://127.0.0.1:${port}, found none. Start it with \`simmer serve\`, or set SIMMER_PORT.\n`,
  )
})

test('a port that is in use is one clear line', async (t) => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  t.after(() => other.close())
  const ended = await simmer(['serve'], {
    env: {SIMMER_HOME: temporaryFolder(t), SIMMER_PORT: String(port)},
  })
  assert.equal(ended.code, 2)
  assert.equal(
    ended.stderr,
    `error: SIMMER_PORT: expected port ${port} on 127.0.0.1 to be free, but another program uses it. Stop that program or choose another port.\n`,
  )
})

test('beyond loopback nothing is served without pairing, and the command line has its own key', async (t) => {
  const {daemon, env, address} = await serveSimmer(t, {SIMMER_HOST: '0.0.0.0'})
  await daemon.says('Pairing code for a new browser: ')
  assert.equal((await fetch(`${address}/healthz`)).status, 200)
  assert.equal((await fetch(`${address}/api/v1/studies`)).status, 401)
  const page = await fetch(`${address}/`, {redirect: 'manual', headers: {accept: 'text/html'}})
  assert.ok([302, 303, 401].includes(page.status), String(page.status))
  const listed = await simmer(['study', 'list', '--json'], {env})
  assert.equal(listed.code, 0, listed.stderr)
})

test('the sensors of a recorded Nano are one JSON line', async (t) => {
  const root = temporaryFolder(t)
  writeNano(root)
  const ended = await simmer(['telemetry', '--once', '--json'], {env: {SIMMER_SYSFS_ROOT: root}})
  assert.equal(ended.code, 0, ended.stderr)
  const reading = JSON.parse(ended.stdout)
  assert.equal(reading.temperatures_c.GPU, 26.5)
  assert.equal(reading.gpu_power, 'off')
})

test('data sets are listed, prepared and verified', async (t) => {
  const env = {SIMMER_HOME: temporaryFolder(t)}
  const listed = await simmer(['data', 'list'], {env})
  assert.match(listed.stdout, /^rail-signals +ready +10 classes/m)
  assert.match(listed.stdout, /^fashion-mnist +not-downloaded/m)
  const got = await simmer(['data', 'get', 'rail-signals'], {env})
  assert.equal(got.code, 0, got.stderr)
  assert.match(
    got.stdout,
    /^rail-signals is ready: 4000 training and 1000 test pictures of 28x28x3/,
  )
  assert.match(got.stderr, /^License: MIT/)
  assert.equal((await simmer(['data', 'verify', 'rail-signals'], {env})).code, 0)
  const unknown = await simmer(['data', 'get', 'mnist'], {env})
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /^error: Expected one of the data sets .*, got "mnist"\.\n$/)
})

test('config shows each value and where it came from', async (t) => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'simmer.yaml'), 'temperature_c: 62\n')
  const ended = await simmer(['config', '--json'], {env: {SIMMER_HOME: home, SIMMER_PORT: '9123'}})
  assert.equal(ended.code, 0, ended.stderr)
  const text = ended.stdout
  assert.match(text, /"port".*9123.*SIMMER_PORT/)
  assert.match(text, /"temperature_c".*62.*simmer\.yaml/)
})

test('doctor tries the backend and tells what it found', async (t) => {
  const good = await simmer(['doctor', '--json'], {env: {SIMMER_HOME: temporaryFolder(t)}})
  const findings: readonly {what: string; isGood: boolean; found: string}[] = JSON.parse(
    good.stdout,
  ).findings
  assert.equal(findings.find(({what}) => what === 'training backend')?.found, 'wasm')
  assert.match(
    findings.find(({what}) => what === 'processor')?.found ?? '',
    /^WebAssembly .* trains/,
  )
  const bad = await simmer(['doctor'], {
    env: {SIMMER_HOME: temporaryFolder(t), SIMMER_BACKEND: 'tensorflow-gpu'},
  })
  assert.equal(bad.code, 1)
  assert.match(bad.stdout, /^FIX +training backend .*→ Set SIMMER_BACKEND=auto/m)
})

test('doctor says that the supply sags and that the box lost power, which keep no study from running', async (t) => {
  const [root, home] = [temporaryFolder(t), temporaryFolder(t)]
  writeNano(root)
  overlay(root, 'undervoltage')
  writeFileSync(join(home, 'lock'), '{"pid": 1, "bootId": "another"}')
  const env = {SIMMER_HOME: home, SIMMER_SYSFS_ROOT: root}
  const {code, stdout} = await simmer(['doctor'], {env})
  assert.equal(code, 0)
  assert.match(stdout, /^FIX +supply +The 5 V supply fell below 4\.75 V .* → Use 5 V 4 A/m)
  assert.match(stdout, /^FIX +last stop +(The box lost power or was reset|Simmer was cut off)/m)
})

test('a native backend that is unknown, cannot be made, or is not there is told in a line', async (t) => {
  const env = {SIMMER_HOME: temporaryFolder(t), PYTHON: '/nowhere/python'}
  const unknown = await simmer(['backend', 'install', 'abacus'], {env})
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /backend: expected tensorflow, got abacus\./)
  const failed = await simmer(['backend', 'install'], {env})
  assert.equal(failed.code, 1)
  assert.match(failed.stderr, /Expected Python 3 with pip as `\/nowhere\/python`/)
  const removed = await simmer(['backend', 'install', '--remove'], {env})
  assert.deepEqual([removed.code, removed.stdout], [0, 'There was no TensorFlow to remove.\n'])
})

test('the optimizer alone answers line by line', async (t) => {
  const file = join(temporaryFolder(t), 'space.json')
  writeFileSync(file, '{"lr":{"loguniform":[0.0001,0.3]}}')
  const ended = await simmer(['ask-tell', '--space', file, '--optimizer', 'auto', '--seed', '1'], {
    input: '{"op":"ask","n":1}\nnonsense\n{"op":"tell","id":0,"loss":0.3}\n{"op":"best"}\n',
  })
  assert.equal(ended.code, 0, ended.stderr)
  const [asked, error, told, best] = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(asked.trials[0].id, 0)
  assert.ok(error.error)
  assert.deepEqual(told, {ok: true})
  assert.equal(best.loss ?? best.best?.loss, 0.3)
})
