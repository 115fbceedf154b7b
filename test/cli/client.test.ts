import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {join} from 'node:path'
import {test} from 'node:test'
import {openClient} from '../../src/cli/client.ts'
import {readConfig} from '../../src/daemon/config.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {freePort} from '../fixtures/free-port.ts'
import {serveSimmer} from '../fixtures/serving-simmer.ts'
import {simmer} from '../fixtures/simmer.ts'

const clientFor = (env: Record<string, string>) => {
  const config = readConfig(env)
  if (!config.ok) throw new Error(config.problems.join(' '))
  return openClient(config.value.config)
}

test('settings are changed in a daemon that runs, and hold at its next start', async (t) => {
  const {daemon, env} = await serveSimmer(t)
  const client = clientFor(env)
  const changed = await client.changeSettings({temperature_c: 58, led_pin: 7})
  assert.ok(changed.ok)
  const found = changed.value.items.map(({name, value, is_pending}) => [name, value, is_pending])
  assert.deepEqual(found[0], ['temperature_c', 58, false])
  assert.deepEqual(
    found.find(([name]) => name === 'led_pin'),
    ['led_pin', 7, true],
  )
  const refused = await client.changeSettings({temperature_c: 99})
  assert.deepEqual(!refused.ok && refused.problems, [
    'temperature_c in simmer.yaml: expected a number from 30 to 95 (°C), got 99.',
  ])
  assert.equal(
    readFileSync(join(env.SIMMER_HOME, 'simmer.yaml'), 'utf8'),
    'temperature_c: 58\nled_pin: 7\n',
  )
  daemon.child.kill('SIGTERM')
  await daemon.ended
  const {stdout} = await simmer(['config'], {env})
  assert.match(stdout, /^temperature_c +58 +simmer\.yaml$/m)
})

test('another program at the port is told from a daemon', async (t) => {
  const answers = ['<h1>It works</h1>', '']
  const other = createServer((_request, response) => response.end(answers.shift()))
  t.after(() => other.close())
  const port = await freePort()
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
  const client = clientFor({SIMMER_HOME: temporaryFolder(t), SIMMER_PORT: String(port)})
  for (const _ of [...answers]) {
    const answer = await client.listStudies()
    assert.deepEqual(!answer.ok && answer.problems, [
      'Expected an answer of Simmer, got something else. Is another program on its port?',
    ])
  }
})
