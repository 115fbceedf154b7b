import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {type Press, sampleButton, unseenButton} from '../../../src/daemon/panel/button.ts'

type Stretch = readonly [isDown: boolean, ms: number]

/** Presses of a button that is sampled every 50 ms, and when they were heard. */
const pressesOf = (stretches: readonly Stretch[]): readonly [Press, number][] => {
  const presses: [Press, number][] = []
  let button = unseenButton
  let atMs = 0
  for (const [isDown, ms] of stretches) {
    for (const untilMs = atMs + ms; atMs < untilMs; atMs += 50) {
      const sampled = sampleButton(button, {isDown, atMs})
      button = sampled.button
      if (sampled.press) presses.push([sampled.press, atMs])
    }
  }
  return presses
}

const up = (ms: number): Stretch => [false, ms]
const down = (ms: number): Stretch => [true, ms]

test('a short press is heard when the button is released', () => {
  assert.deepEqual(pressesOf([up(1000), down(300), up(1000)]), [['short', 1350]])
})

test('a long press is heard after five seconds, and not again when it ends', () => {
  assert.deepEqual(pressesOf([up(1000), down(20_000), up(1000)]), [['long', 6000]])
})

test('whoever lets go too late for a short press and too early for a long one has changed their mind', () => {
  assert.deepEqual(pressesOf([up(1000), down(3000), up(1000)]), [])
})

test('a button that is down from the start presses nothing until it was released', () => {
  assert.deepEqual(pressesOf([down(60_000), up(500), down(300), up(500)]), [['short', 60_850]])
})

test('contacts that bounce press once', () => {
  const bounce = [down(50), up(50), down(50), up(50)]
  assert.equal(pressesOf([up(500), ...bounce, down(400), ...bounce, up(500)]).length, 1)
})

test('after a gap nobody knows that it was held, and nothing is switched off', () => {
  const held = sampleButton(
    {state: 'pressed', pressedAtMs: 0, sampledAtMs: 200},
    {
      isDown: true,
      atMs: 60_000,
    },
  )
  assert.equal(held.press, undefined)
  assert.equal(held.button.state, 'held')
})

const samples = fc.array(
  fc.record({isDown: fc.boolean(), afterMs: fc.integer({min: 1, max: 700})}),
  {maxLength: 300},
)

test('whatever is sampled, a long press was down at every sample of five seconds but for single ones', () => {
  fc.assert(
    fc.property(samples, (steps) => {
      let button = unseenButton
      let atMs = 0
      let upSamples = 0
      let downSinceMs: number | undefined
      for (const {isDown, afterMs} of steps) {
        atMs += afterMs
        const {press, button: next} = sampleButton(button, {isDown, atMs})
        button = next
        upSamples = isDown ? 0 : upSamples + 1
        if (upSamples > 1) downSinceMs = undefined
        else if (isDown) downSinceMs ??= atMs
        if (press === 'long') {
          assert.ok(isDown)
          assert.ok(downSinceMs !== undefined && atMs - downSinceMs >= 4_000)
        }
        if (press === 'short') assert.ok(!isDown)
      }
    }),
  )
})

test('levels that last no longer than one sample press nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({min: 1, max: 20}), {maxLength: 200}), (gaps) => {
      let button = sampleButton(unseenButton, {isDown: false, atMs: 0}).button
      button = sampleButton(button, {isDown: false, atMs: 50}).button
      let atMs = 100
      for (const gap of gaps) {
        atMs += gap
        const glitch = sampleButton(button, {isDown: true, atMs})
        atMs += 20
        const back = sampleButton(glitch.button, {isDown: false, atMs})
        assert.deepEqual([glitch.press, back.press], [undefined, undefined])
        button = back.button
      }
    }),
  )
})
