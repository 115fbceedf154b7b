import assert from 'node:assert/strict'
import {type TestContext, test} from 'node:test'
import {type Light, meaningOf} from '../../../src/daemon/panel/meaning.ts'
import {blinking, openPanel} from '../../../src/daemon/panel/panel.ts'

test('the light says the most important thing', () => {
  const light = (isTraining: boolean, isHeldBack: boolean, hasTrouble: boolean): Light =>
    meaningOf({isTraining, isHeldBack, hasTrouble})
  assert.equal(light(false, false, false), 'off')
  assert.equal(light(true, false, false), 'on')
  assert.equal(light(true, true, false), 'slow-blink')
  assert.equal(light(false, true, false), 'off')
  assert.equal(light(true, true, true), 'fast-blink')
  assert.equal(light(false, false, true), 'fast-blink')
})

const lamp = (t: TestContext) => {
  t.mock.timers.enable({apis: ['setInterval']})
  const states: (boolean | 'released')[] = []
  const panel = blinking({
    set: (isOn) => states.push(isOn),
    release: () => states.push('released'),
  })
  return {panel, states}
}

test('a light blinks at its own pace and goes out in the end', (t) => {
  const {panel, states} = lamp(t)
  panel.show('slow-blink')
  t.mock.timers.tick(2000)
  assert.deepEqual(states, [true, false, true])
  panel.show('slow-blink')
  panel.show('on')
  t.mock.timers.tick(5000)
  assert.deepEqual(states, [true, false, true, true])
  panel.close()
  assert.deepEqual(states.slice(4), [false, 'released'])
})

test('a light that cannot be used is told once and shows nothing', async () => {
  const warnings: string[] = []
  const log = {info: () => {}, warn: (message: string) => warnings.push(message), error: () => {}}
  const panel = await openPanel({ledGpio: 511, log})
  panel.show('on')
  panel.close()
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^The light on GPIO 511 cannot be used and stays off: /)
})

test('without a pin there is no light and no word about it', async () => {
  const log = {info: assert.fail, warn: assert.fail, error: assert.fail}
  const panel = await openPanel({log})
  panel.show('fast-blink')
  panel.close()
})
