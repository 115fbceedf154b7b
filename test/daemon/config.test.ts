import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {type TestContext, test} from 'node:test'
import {readConfig} from '../../src/daemon/config.ts'
import {temporaryFolder} from '../fixtures/folders.ts'

const homeWith = (t: TestContext, yaml: string): string => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'simmer.yaml'), yaml)
  return home
}

const problemsOf = (env: Record<string, string>): readonly string[] => {
  const read = readConfig(env)
  assert.ok(!read.ok)
  return read.problems
}

test('without any setting the defaults hold', () => {
  const read = readConfig({})
  assert.ok(read.ok)
  assert.deepEqual(read.value.config, {
    home: resolve('.simmer'),
    host: '127.0.0.1',
    port: 8080,
    sysfsRoot: '/',
    backend: 'auto',
    shutdownCommand: 'systemctl poweroff',
    limits: {temperatureC: 70, hardTemperatureC: 85, memoryAvailableBytes: 300 * 2 ** 20},
    trialLimits: {silenceMs: 300_000},
  })
  assert.ok(read.value.origins.every(({from}) => from === 'default'))
})

test('the environment goes before the file, and the file before the default', (t) => {
  const home = homeWith(t, 'port: 9000\nhost: 0.0.0.0\ntemperature_c: 60\n')
  const read = readConfig({SIMMER_HOME: home, SIMMER_PORT: '9001', SIMMER_DATASET_MIRROR: '/sets'})
  assert.ok(read.ok)
  const {config, origins} = read.value
  assert.deepEqual(
    [config.port, config.host, config.limits.temperatureC, config.datasetMirror],
    [9001, '0.0.0.0', 60, '/sets'],
  )
  const from = Object.fromEntries(origins.map((one) => [one.setting, one.from]))
  assert.deepEqual(
    [from.home, from.port, from.host, from.backend],
    ['SIMMER_HOME', 'SIMMER_PORT', 'simmer.yaml', 'default'],
  )
})

test('an empty variable counts as unset', () => {
  const read = readConfig({SIMMER_PORT: '', SIMMER_HOME: ''})
  assert.ok(read.ok)
  assert.equal(read.value.config.port, 8080)
})

test('each setting that cannot be used is named with its value and what is allowed', (t) => {
  assert.deepEqual(
    problemsOf({SIMMER_PORT: '0', SIMMER_BACKEND: 'cuda', SIMMER_TEMPERATURE_C: 'hot'}),
    [
      'SIMMER_PORT: expected a whole number from 1 to 65535, got "0".',
      'SIMMER_BACKEND: expected one of auto, tensorflow-gpu, tensorflow, wasm, cpu, got "cuda".',
      'SIMMER_TEMPERATURE_C: expected a number from 30 to 95 (°C), got "hot".',
    ],
  )
  assert.deepEqual(problemsOf({SIMMER_HOME: homeWith(t, 'port: web\ncolor: red\n')}), [
    'color in simmer.yaml: not a setting. Known are host, port, tls_cert, tls_key, sysfs_root, dataset_mirror, backend, temperature_c, hard_temperature_c, memory_available_mb, trial_memory_mb, silence_s, power_w, led_pin, button_pin, shutdown_command.',
    'port in simmer.yaml: expected a whole number from 1 to 65535, got "web".',
  ])
})

test('a hard limit below the soft one is refused', () => {
  assert.deepEqual(problemsOf({SIMMER_TEMPERATURE_C: '80', SIMMER_HARD_TEMPERATURE_C: '75'}), [
    'hard_temperature_c: expected it above temperature_c (80 °C), got 75.',
  ])
})

test('a pin that carries no signal is refused with those that do', () => {
  const usable =
    '7, 11, 12, 13, 15, 16, 18, 19, 21, 22, 23, 24, 26, 29, 31, 32, 33, 35, 36, 37, 38, 40'
  assert.deepEqual(problemsOf({SIMMER_LED_PIN: '6', SIMMER_BUTTON_PIN: '216'}), [
    `SIMMER_LED_PIN: expected a pin of the header that carries a signal, not power, ground or a bus (${usable}), got "6".`,
    `SIMMER_BUTTON_PIN: expected a pin of the header that carries a signal, not power, ground or a bus (${usable}), got "216".`,
  ])
  assert.match(problemsOf({SIMMER_LED_PIN: '7', SIMMER_BUTTON_PIN: '7'})[0] ?? '', /another pin/)
})

test('a settings file that is no list of settings is refused by its name', (t) => {
  assert.match(
    problemsOf({SIMMER_HOME: homeWith(t, '- a\n- b\n')})[0] ?? '',
    /simmer\.yaml: expected settings such as/,
  )
  assert.match(
    problemsOf({SIMMER_HOME: homeWith(t, 'a: [b\n')})[0] ?? '',
    /simmer\.yaml: expected YAML/,
  )
})

test('a fleet cannot be joined yet, and nobody is left to wonder', () => {
  assert.match(
    problemsOf({SIMMER_REDIS_URL: 'redis://a'})[0] ?? '',
    /^SIMMER_REDIS_URL: expected it unset/,
  )
})

test('a home without a settings file is no problem, nor is one that does not exist yet', (t) => {
  const home = temporaryFolder(t)
  mkdirSync(join(home, 'inner'))
  assert.ok(readConfig({SIMMER_HOME: join(home, 'inner')}).ok)
  assert.ok(readConfig({SIMMER_HOME: join(home, 'missing')}).ok)
})

test('the limits of a trial are set in MB and seconds', (t) => {
  const env = {
    SIMMER_HOME: homeWith(t, 'silence_s: 60\n'),
    SIMMER_TRIAL_MEMORY_MB: '2000',
  }
  const read = readConfig(env)
  assert.deepEqual(read.ok && read.value.config.trialLimits, {
    trialMemoryBytes: 2000 * 2 ** 20,
    silenceMs: 60_000,
  })
  assert.deepEqual(problemsOf({...env, SIMMER_TRIAL_MEMORY_MB: '1', SIMMER_SILENCE_S: 'never'}), [
    'SIMMER_TRIAL_MEMORY_MB: expected a number from 100 (MB), got "1".',
    'SIMMER_SILENCE_S: expected a number from 10 to 86400 (s), got "never".',
  ])
})

test('certificate and key of HTTPS are set together, or not at all', () => {
  const read = readConfig({SIMMER_TLS_CERT: 'cert.pem', SIMMER_TLS_KEY: '/keys/key.pem'})
  assert.ok(read.ok)
  assert.deepEqual(read.value.config.tls, {
    certFile: resolve('cert.pem'),
    keyFile: '/keys/key.pem',
  })
  assert.deepEqual(problemsOf({SIMMER_TLS_KEY: '/keys/key.pem'}), [
    'tls_cert: expected it beside tls_key, got neither SIMMER_TLS_CERT nor tls_cert in simmer.yaml. Set both for HTTPS, or none.',
  ])
})
