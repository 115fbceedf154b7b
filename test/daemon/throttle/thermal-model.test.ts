import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {warm} from '../../../src/daemon/simulator/thermal.ts'
import {guess, observe} from '../../../src/daemon/throttle/least-squares.ts'
import {
  freshModel,
  learn,
  mostPowerW,
  predictC,
  type ThermalModel,
} from '../../../src/daemon/throttle/thermal-model.ts'

const board = {
  ambient: {meanC: 30, swingC: 0},
  chipToSinkKPerW: 0.9,
  chipJPerK: 11,
  sinkToAirKPerW: 8,
  sinkJPerK: 80,
  fan: [],
  fanHysteresisC: 0,
}
const idleW = 2

/** A board that is idle, trains with 5 W, rests and trains again, seen through a sensor with steps of half a degree. */
const watch = (seconds: number) => {
  const random = seededRandom(3)
  let state = {chipC: 46, sinkC: 46, fan: 0}
  let model: ThermalModel = freshModel(46)
  const powerAt = (second: number) => (second % 400 < 250 ? 5 : 1)
  for (let second = 0; second < seconds; second++) {
    const powerW = powerAt(second)
    state = warm(board, state, idleW + powerW, second)
    const temperatureC = Math.round((state.chipC + 0.25 * random.normal()) * 2) / 2
    model = learn(model, {temperatureC, powerW, seconds: 1})
  }
  return {state, model}
}

const chipAfter = (state: Parameters<typeof warm>[1], powerW: number, seconds: number): number => {
  let now = state
  for (let second = 0; second < seconds; second++) now = warm(board, now, idleW + powerW, second)
  return now.chipC
}

test('after an hour it foresees two minutes to within a degree, whatever the power will be', () => {
  const {state, model} = watch(3600)
  for (const powerW of [0, 2, 5]) {
    for (const seconds of [15, 40, 120]) {
      const error = predictC(model, powerW, seconds) - chipAfter(state, powerW, seconds)
      assert.ok(Math.abs(error) < 1, `${powerW} W, ${seconds} s: off by ${error} °C`)
    }
  }
})

test('the most power that it allows brings the chip to the limit and not above', () => {
  const {state, model} = watch(3600)
  const limitC = state.chipC + 3
  const powerW = mostPowerW(model, limitC, [15, 40, 120])
  const hottest = Math.max(...[15, 40, 120].map((seconds) => chipAfter(state, powerW, seconds)))
  assert.ok(Math.abs(hottest - limitC) < 1, `${hottest} °C for ${limitC} °C`)
})

test('a day of steady heat leaves the constants where the sensor can still be believed', () => {
  let model: ThermalModel = freshModel(60)
  const random = seededRandom(5)
  for (let second = 0; second < 86_400; second++) {
    const temperatureC = Math.round((60 + 0.3 * random.normal()) * 2) / 2
    model = learn(model, {temperatureC, powerW: 3, seconds: 1})
  }
  assert.ok(Math.abs(predictC(model, 3, 60) - 60) < 0.5)
  const [heating, , chipRise] = model.constants.theta
  assert.ok(heating > 0 && chipRise > 0)
  // More power still means hotter, by more than nothing and less than the impossible.
  const more = predictC(model, 6, 60) - predictC(model, 3, 60)
  assert.ok(more > 1 && more < 20, `${more}`)
})

test('recursive least squares ends where all observations at once would', () => {
  const random = seededRandom(11)
  const truth = [2, -1, 0.5]
  let model = guess([0, 0, 0], [10, 10, 10])
  for (let i = 0; i < 500; i++) {
    const x = [random.normal(), random.normal(), random.normal()]
    const y = x.reduce((sum, value, at) => sum + value * truth[at], 0) + 0.1 * random.normal()
    model = observe(model, x, y, {forgetting: 1, noise: 0.1, widest: [10, 10, 10]})
  }
  for (const [i, value] of model.theta.entries()) {
    assert.ok(Math.abs(value - truth[i]) < 0.02, `${value} for ${truth[i]}`)
  }
})

test('uncertainty does not grow beyond its first where nothing new is seen', () => {
  let model = guess([1, 1], [0.5, 0.5])
  for (let i = 0; i < 5000; i++) {
    model = observe(model, [1, 0], 1, {forgetting: 0.99, noise: 0.1, widest: [0.5, 0.5]})
  }
  assert.ok(model.covariance.every((value) => Math.abs(value) <= 0.25 + 1e-12))
})
