import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {ok, refuse} from '../../../src/daemon/base/result.ts'
import {isNano, kernelNumber, usablePins} from '../../../src/daemon/panel/header.ts'
import {patternLamp} from '../../../src/daemon/panel/lamp.ts'
import {type Light, lightFor} from '../../../src/daemon/panel/light.ts'
import {openPanel} from '../../../src/daemon/panel/panel.ts'
import type {Pins} from '../../../src/daemon/panel/pins.ts'

test('the light says the most important thing', () => {
  const light = (isTraining: boolean, isHeldBack: boolean, hasTrouble: boolean): Light =>
    lightFor({isTraining, isHeldBack, hasTrouble})
  assert.equal(light(false, false, false), 'off')
  assert.equal(light(true, false, false), 'on')
  assert.equal(light(true, true, false), 'slow-blink')
  assert.equal(light(false, true, false), 'off')
  assert.equal(light(true, true, true), 'fast-blink')
  assert.equal(light(false, false, true), 'fast-blink')
})

test('the header of a Nano has 22 pins of one’s own', () => {
  assert.equal(usablePins.length, 22)
  assert.deepEqual([kernelNumber(7, 0), kernelNumber(31, 0), kernelNumber(7, 300)], [216, 200, 516])
  assert.throws(() => kernelNumber(6, 0), /pin 6/)
})

test('a Nano of 4 or 2 GB is known by its device tree, and an Orin is none', () => {
  assert.ok(isNano('nvidia,jetson-nano\0nvidia,tegra210\0'))
  assert.ok(isNano('nvidia,p3449-0000-b00+p3448-0000-b00\0nvidia,jetson-nano\0nvidia,tegra210'))
  assert.ok(isNano('nvidia,p3542-0000+p3448-0003\0nvidia,tegra210'))
  assert.ok(!isNano('nvidia,p3768-0000+p3767-0005\0nvidia,p3767-0005\0nvidia,tegra234\0'))
  assert.ok(!isNano(''))
})

const lampOf = (t: TestContext) => {
  t.mock.timers.enable({apis: ['setInterval', 'setTimeout']})
  const states: boolean[] = []
  return {lamp: patternLamp((isOn) => states.push(isOn)), states}
}

test('a light blinks at its own pace and goes out in the end', (t) => {
  const {lamp, states} = lampOf(t)
  lamp.show('slow-blink')
  t.mock.timers.tick(2000)
  assert.deepEqual(states, [true, false, true])
  lamp.show('slow-blink')
  lamp.show('on')
  t.mock.timers.tick(5000)
  assert.deepEqual(states, [true, false, true, true])
  lamp.close()
  t.mock.timers.tick(5000)
  assert.deepEqual(states.slice(4), [false])
})

test('a light that blinks once is as it was afterwards, lit or dark', (t) => {
  const {lamp, states} = lampOf(t)
  lamp.blinkOnce()
  t.mock.timers.tick(1000)
  assert.deepEqual(states, [true, false])
  lamp.show('on')
  lamp.blinkOnce()
  t.mock.timers.tick(1000)
  assert.deepEqual(states, [true, false, true, false, true])
})

/** Pins in memory, with the level of the button in the test's hand. */
const fakePins = (changes: Partial<Pins> = {}) => {
  const levels: boolean[] = []
  let released = 0
  let tell: (isHigh: boolean) => void = () => {}
  const pins: Pins = {
    openOutput: async () => ok((isHigh: boolean) => levels.push(isHigh)),
    watchInput: async (_pin, onSample) => {
      tell = onSample
      return ok(undefined)
    },
    release: () => {
      released++
    },
    ...changes,
  }
  return {pins, levels, sample: (isHigh: boolean) => tell(isHigh), released: () => released}
}

test('a press is answered by a blink and told; closed, the light is off and the pins are let go', async (t) => {
  t.mock.timers.enable({apis: ['setInterval', 'setTimeout']})
  const {pins, levels, sample, released} = fakePins()
  const presses: string[] = []
  let atMs = 0
  const panel = await openPanel({
    ledPin: 7,
    buttonPin: 31,
    onPress: (press) => presses.push(press),
    openPins: async () => ok(pins),
    clock: {...systemClock, monotonicMs: () => atMs},
    log: silentLog,
  })
  const hold = (isHigh: boolean, samples: number) => {
    for (let i = 0; i < samples; i++) {
      sample(isHigh)
      atMs += 50
    }
  }
  hold(true, 3)
  hold(false, 6)
  hold(true, 3)
  assert.deepEqual(presses, ['short'])
  t.mock.timers.tick(1000)
  assert.deepEqual(levels, [true, false])
  panel.show('on')
  panel.close()
  assert.deepEqual(levels, [true, false, true, false])
  assert.equal(released(), 1)
})

const logged = () => {
  const warnings: string[] = []
  return {warnings, log: {...silentLog, warn: (message: string) => warnings.push(message)}}
}

test('without GPIO the log says so in one line, and nothing else happens', async () => {
  const {warnings, log} = logged()
  const panel = await openPanel({
    ledPin: 7,
    buttonPin: 31,
    onPress: assert.fail,
    openPins: async () => refuse('this is no Jetson Nano.'),
    clock: systemClock,
    log,
  })
  panel.show('on')
  panel.close()
  assert.deepEqual(warnings, ['No light and no button: this is no Jetson Nano.'])
})

test('a light that cannot be used leaves the button alone', async () => {
  const {warnings, log} = logged()
  const {pins, sample} = fakePins({openOutput: async () => refuse('the kernel refuses GPIO 216.')})
  const presses: string[] = []
  let atMs = 0
  await openPanel({
    ledPin: 7,
    buttonPin: 31,
    onPress: (press) => presses.push(press),
    openPins: async () => ok(pins),
    clock: {...systemClock, monotonicMs: () => atMs},
    log,
  })
  for (const isHigh of [true, true, false, false, true, true]) {
    sample(isHigh)
    atMs += 50
  }
  assert.deepEqual(presses, ['short'])
  assert.deepEqual(warnings, ['The light on pin 7 stays off: the kernel refuses GPIO 216.'])
})

test('without a pin there is no panel and no word about it', async () => {
  const panel = await openPanel({
    onPress: assert.fail,
    openPins: assert.fail,
    clock: systemClock,
    log: {info: assert.fail, warn: assert.fail, error: assert.fail},
  })
  panel.show('fast-blink')
  panel.close()
})
