import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import type {Environment} from '../../src/daemon/config.ts'
import type {SettingChanges} from '../../src/daemon/settings.ts'
import {temporaryFolder} from '../fixtures/folders.ts'
import {settingsIn} from '../fixtures/settings.ts'

const open = (t: TestContext, yaml?: string, env: Environment = {}) => {
  const home = temporaryFolder(t)
  const file = join(home, 'simmer.yaml')
  if (yaml !== undefined) writeFileSync(file, yaml)
  const settings = settingsIn(home, env)
  const change = (changes: Record<string, number | string | null>) =>
    settings.change(new Map(Object.entries(changes)) satisfies SettingChanges)
  const setting = (name: string) => settings.list().find((one) => one.name === name)
  return {...settings, home, file, text: () => readFileSync(file, 'utf8'), change, setting}
}

const problemsOf = async (changed: ReturnType<ReturnType<typeof open>['change']>) => {
  const result = await changed
  return result.ok ? [] : result.problems
}

test('a change is written beside the words of the person, who keeps comments and other settings', async (t) => {
  const settings = open(
    t,
    '# the attic box\nport: 9000 # behind the proxy\n\n# cool at night\ntemperature_c: 60\nled_pin: 7\n',
  )
  assert.ok((await settings.change({temperature_c: '64.5', power_w: 9, led_pin: null})).ok)
  assert.equal(
    settings.text(),
    '# the attic box\nport: 9000 # behind the proxy\n\n# cool at night\ntemperature_c: 64.5\npower_w: 9\n',
  )
  assert.deepEqual(settings.limits(), {
    temperatureC: 64.5,
    hardTemperatureC: 85,
    memoryAvailableBytes: 300 * 2 ** 20,
    powerW: 9,
  })
})

test('the file is made where there is none, for its owner alone', async (t) => {
  const settings = open(t)
  assert.ok((await settings.change({silence_s: 60})).ok)
  assert.equal(settings.text(), 'silence_s: 60\n')
  assert.equal(statSync(settings.file).mode & 0o777, 0o600)
  assert.equal(settings.trialLimits().silenceMs, 60_000)
  assert.ok(!existsSync(`${settings.file}.new`))
})

test('a file of comments alone keeps them, and a link stays one', async (t) => {
  const settings = open(t)
  const elsewhere = join(temporaryFolder(t), 'real.yaml')
  writeFileSync(elsewhere, '# nothing set yet\n')
  chmodSync(elsewhere, 0o644)
  symlinkSync(elsewhere, settings.file)
  assert.ok((await settings.change({power_w: 7})).ok)
  assert.equal(readFileSync(elsewhere, 'utf8'), '# nothing set yet\n\npower_w: 7\n')
  assert.ok(lstatSync(settings.file).isSymbolicLink())
  assert.equal(statSync(elsewhere).mode & 0o777, 0o644)
})

test('a setting that is taken out falls back to its default', async (t) => {
  const settings = open(t, 'temperature_c: 60\n')
  assert.ok((await settings.change({temperature_c: null})).ok)
  const {value, fallback, from} = settings.setting('temperature_c') ?? {}
  assert.deepEqual([value, fallback, from], [70, 70, 'default'])
  assert.equal(settings.limits().temperatureC, 70)
})

test('bad values are refused by their names, and nothing is written', async (t) => {
  const settings = open(t, 'temperature_c: 60\n')
  const cases: readonly (readonly [Record<string, number | string | null>, RegExp])[] = [
    [{temperature_c: 'hot'}, /^temperature_c in simmer\.yaml: expected a number from 30 to 95/],
    [{temperature_c: 20, power_w: 5}, /^temperature_c in simmer\.yaml: .* got 20\.$/],
    [{hard_temperature_c: 59}, /^hard_temperature_c: expected it above temperature_c/],
    [{led_pin: 7, button_pin: 7}, /^button_pin: expected another pin than led_pin/],
    [{host: '0.0.0.0'}, /^host: not a setting that can be changed here/],
    [{shutdown_command: 'rm -rf /'}, /^shutdown_command: not a setting/],
    [{['__proto__']: 1}, /^__proto__: not a setting/],
    [{constructor: 1}, /^constructor: not a setting/],
  ]
  for (const [changes, expected] of cases) {
    const problems = await problemsOf(settings.change(changes))
    assert.match(problems[0] ?? 'none', expected)
    assert.equal(settings.text(), 'temperature_c: 60\n')
    assert.equal(settings.limits().temperatureC, 60)
  }
})

test('what the environment has set is fixed', async (t) => {
  const settings = open(t, undefined, {SIMMER_TEMPERATURE_C: '55'})
  const {value, isFixed, from} = settings.setting('temperature_c') ?? {}
  assert.deepEqual([value, isFixed, from], [55, true, 'SIMMER_TEMPERATURE_C'])
  assert.match(
    (await problemsOf(settings.change({temperature_c: 60})))[0] ?? '',
    /^temperature_c: fixed by SIMMER_TEMPERATURE_C/,
  )
})

test('a pin waits for a restart, and no longer when it is what it was', async (t) => {
  const settings = open(t)
  await settings.change({led_pin: 7})
  assert.equal(settings.setting('led_pin')?.isPending, true)
  assert.equal(settings.setting('temperature_c')?.isPending, false)
  await settings.change({led_pin: null})
  assert.equal(settings.setting('led_pin')?.isPending, false)
})

test('a file that was damaged by hand meanwhile is left as it is', async (t) => {
  const settings = open(t)
  for (const yaml of ['a: [b\n', '- a list\n', 'color: red\n', 'port: web\n']) {
    writeFileSync(settings.file, yaml)
    const problems = await problemsOf(settings.change({power_w: 5}))
    assert.equal(problems.length, 1, yaml)
    assert.equal(settings.text(), yaml)
  }
})

test('a disk that takes no file is told, and the old file holds', async (t) => {
  const settings = open(t, 'power_w: 5\n')
  mkdirSync(`${settings.file}.new`)
  const refused = await settings.change({power_w: 6})
  assert.ok(!refused.ok && refused.mayPass)
  assert.match(refused.problems[0] ?? '', /the disk refuses .* Nothing has changed\./)
  assert.deepEqual([settings.text(), settings.limits().powerW], ['power_w: 5\n', 5])
  rmSync(`${settings.file}.new`, {recursive: true})
  assert.ok((await settings.change({power_w: 6})).ok)
})

test('changes at the same time are both written', async (t) => {
  const settings = open(t)
  await Promise.all([settings.change({power_w: 6}), settings.change({temperature_c: 61})])
  assert.equal(settings.text(), 'power_w: 6\ntemperature_c: 61\n')
})

test('version, place and disk are told, and what only the box itself sets', async (t) => {
  const settings = open(t, 'port: 9000\n')
  const {version, home, disk, others} = await settings.installation()
  assert.deepEqual([version, home], ['1.2.3', settings.home])
  assert.ok(disk.freeBytes > 0 && disk.freeBytes < disk.totalBytes)
  assert.deepEqual(
    others.find(({setting}) => setting === 'port'),
    {setting: 'port', value: 9000, from: 'simmer.yaml'},
  )
  assert.ok(others.every(({setting}) => settings.setting(setting) === undefined))
})
