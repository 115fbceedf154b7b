/** The real program, with onoff and all, on files that stand for the kernel's. */
import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {stringify} from 'yaml'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {freePort} from '../../fixtures/free-port.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {simmer, startSimmer} from '../../fixtures/simmer.ts'

const nano = 'nvidia,p3449-0000-b00+p3448-0000-b00\0nvidia,jetson-nano\0nvidia,tegra210\0'

const startOn = async (
  t: TestContext,
  tree: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
) => {
  const root = temporaryFolder(t)
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), content)
  }
  const env = {
    SIMMER_HOME: temporaryFolder(t),
    SIMMER_PORT: String(await freePort()),
    GPIO_ROOT: root,
    NODE_OPTIONS: `--import=${join(projectRoot(), 'test/fixtures/gpio-kernel.mjs')}`,
    ...settings,
  }
  const daemon = startSimmer(['serve'], {env})
  t.after(async () => {
    daemon.child.kill('SIGKILL')
    await daemon.ended
  })
  await daemon.says('Simmer is at')
  return {daemon, env, gpio: join(root, 'sys/class/gpio')}
}

const chipOf = (label: string, base: number) => ({
  'proc/device-tree/compatible': nano,
  'sys/class/gpio/export': '',
  'sys/class/gpio/unexport': '',
  [`sys/class/gpio/gpiochip${base}/label`]: `${label}\n`,
  [`sys/class/gpio/gpiochip${base}/base`]: `${base}\n`,
})

const until = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let waits = 0; !(await isSo()); waits++) {
    if (waits > 600) assert.fail(`it never came to this: ${what}`)
    await sleep(50)
  }
}

const level = (pin: string): string => readFileSync(join(pin, 'value'), 'utf8').charAt(0)

/** As the kernel would: at once, and never an empty file. */
const setLevel = (pin: string, digit: '0' | '1'): void => {
  const file = openSync(join(pin, 'value'), 'r+')
  writeSync(file, digit, 0)
  closeSync(file)
}

test('a person sees a study run, pauses it, lets it go on and switches the box off', async (t) => {
  const offFile = join(temporaryFolder(t), 'off')
  const {daemon, env, gpio} = await startOn(t, chipOf('tegra-gpio', 0), {
    SIMMER_LED_PIN: '7',
    SIMMER_BUTTON_PIN: '31',
    SIMMER_SHUTDOWN_COMMAND: `echo off > ${offFile}`,
  })
  const [led, button] = [join(gpio, 'gpio216'), join(gpio, 'gpio200')]
  assert.equal(readFileSync(join(led, 'direction'), 'utf8'), 'out\n')
  assert.equal(readFileSync(join(button, 'direction'), 'utf8').trim(), 'in')
  const file = join(temporaryFolder(t), 'study.yaml')
  const program = join(projectRoot(), 'test/fixtures/measuring-program.mjs')
  writeFileSync(
    file,
    stringify({
      name: 'pressed',
      command: `node ${program} --slow`,
      space: {x: {uniform: [0, 10]}},
      objective: {metric: 'loss', goal: 'minimize'},
      budget: {trials: 500},
    }),
  )
  const added = await simmer(['study', 'add', file], {env})
  assert.equal(added.code, 0, added.stderr)
  await until(() => level(led) === '1', 'the light is on')

  /** On a busy machine a press may go unseen; then a person presses again. */
  const pressUntilItSays = async (words: string) => {
    for (let tries = 0; tries < 5; tries++) {
      setLevel(button, '0')
      await sleep(300)
      setLevel(button, '1')
      const heard = daemon.says(words).then(() => true)
      if (await Promise.race([heard, sleep(3_000, false)])) return
    }
    assert.fail(`no press was followed by: ${words}`)
  }
  await pressUntilItSays('pressed-1 is paused by the switch.')
  await until(() => level(led) === '0', 'the light is off')
  await pressUntilItSays('pressed-1 is resumed by the switch.')
  await until(() => level(led) === '1', 'the light is on again')

  setLevel(button, '0')
  const {code, stderr} = await daemon.ended
  assert.equal(code, 0, stderr)
  assert.equal(readFileSync(offFile, 'utf8'), 'off\n')
  assert.ok(!existsSync(led) && !existsSync(button), 'the pins are let go')
  assert.ok(!existsSync(join(env.SIMMER_HOME, 'lock')), 'the home was closed before')
})

test('where the kernel counts from a base, the pins are found from there', async (t) => {
  const {daemon, gpio} = await startOn(t, chipOf('6000d000.gpio', 300), {SIMMER_LED_PIN: '7'})
  assert.ok(existsSync(join(gpio, 'gpio516')))
  daemon.child.kill('SIGTERM')
  const {code, stderr} = await daemon.ended
  assert.equal(code, 0, stderr)
  assert.ok(!existsSync(join(gpio, 'gpio516')))
  assert.doesNotMatch(stderr, /warning/)
})

test('a pin that the kernel uses itself is told; one that a killed Simmer has left is taken over', async (t) => {
  const {daemon, gpio} = await startOn(
    t,
    {
      ...chipOf('tegra-gpio', 0),
      'sys/class/gpio/gpio216-in-use': '',
      'sys/class/gpio/gpio200/direction': 'out\n',
      'sys/class/gpio/gpio200/value': '0\n',
      'sys/class/gpio/gpio200/active_low': '1\n',
    },
    {SIMMER_LED_PIN: '7', SIMMER_BUTTON_PIN: '31'},
  )
  assert.equal(readFileSync(join(gpio, 'gpio200/direction'), 'utf8').trim(), 'in')
  assert.equal(readFileSync(join(gpio, 'gpio200/active_low'), 'utf8').trim(), '0')
  daemon.child.kill('SIGTERM')
  const {stderr} = await daemon.ended
  assert.deepEqual(stderr.match(/^warning: .*$/gm), [
    'warning: The light on pin 7 stays off: the kernel refuses GPIO 216: EBUSY: resource busy or locked, write',
  ])
  assert.ok(!existsSync(join(gpio, 'gpio200')))
})

test('on another board one line says why there is no panel', async (t) => {
  const {daemon} = await startOn(
    t,
    {...chipOf('tegra234-gpio', 348), 'proc/device-tree/compatible': 'nvidia,p3767-0005\0'},
    {SIMMER_LED_PIN: '7', SIMMER_BUTTON_PIN: '31'},
  )
  daemon.child.kill('SIGTERM')
  const {stderr} = await daemon.ended
  assert.deepEqual(stderr.match(/^warning: .*$/gm), [
    'warning: No light and no button: this is no Jetson Nano, and where the pins of another header lead is not known.',
  ])
})

test('a Nano without GPIO files trains without a panel', async (t) => {
  const {daemon} = await startOn(t, {'proc/device-tree/compatible': nano}, {SIMMER_LED_PIN: '7'})
  daemon.child.kill('SIGTERM')
  assert.match((await daemon.ended).stderr, /no GPIO in \/sys\/class\/gpio; JetPack 6 and newer/)
})
