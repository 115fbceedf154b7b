import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {
  decide,
  initialThrottle,
  type Order,
  type Throttle,
} from '../../../src/daemon/throttle/throttle.ts'

const limits = {temperatureC: 70, hardTemperatureC: 85, memoryAvailableBytes: 300 * 2 ** 20}

const reading = (seconds: number, change: Partial<Reading>): Reading => ({
  atMs: 1000 * seconds,
  temperaturesC: {CPU: 45, GPU: 44},
  memoryAvailableBytes: 2 ** 30,
  powersW: {},
  voltagesV: {},
  alarms: [],
  ...change,
})

const at = (temperatureC: number): Partial<Reading> => ({
  temperaturesC: {CPU: 40, GPU: temperatureC},
})
const free = (megabytes: number): Partial<Reading> => ({memoryAvailableBytes: megabytes * 2 ** 20})

/** One reading a second; what was ordered, with the second in which it was. */
const ordersFor = (readings: readonly Partial<Reading>[], start: Throttle = initialThrottle) => {
  let state = start
  const orders: (Order & {readonly second: number})[] = []
  for (const [second, change] of readings.entries()) {
    const decision = decide(state, reading(second, change), limits)
    state = decision.state
    if (decision.order) orders.push({second, ...decision.order})
  }
  return {state, orders}
}

const repeat = <T>(times: number, item: T): readonly T[] => Array.from({length: times}, () => item)

test('a cool device with memory to spare is left alone', () => {
  assert.deepEqual(ordersFor(repeat(100, at(60))).orders, [])
})

test('above its temperature the micro-batch is halved every ten seconds, with the reason', () => {
  const {orders} = ordersFor(repeat(31, at(72.5)))
  assert.deepEqual(
    orders.map(({second, pace}) => [second, pace.microBatch]),
    [
      [0, 64],
      [10, 32],
      [20, 16],
      [30, 8],
    ],
  )
  assert.equal(
    orders[0]?.reason,
    'Slower (64 pictures at once, 90 % of the time): GPU is at 72.5 °C, the limit is 70 °C.',
  )
})

test('at the hard limit training stands still at once, and until it is well below the soft one', () => {
  const {orders} = ordersFor([...repeat(5, at(86)), ...repeat(60, at(68)), ...repeat(40, at(60))])
  assert.deepEqual(
    orders.map(({second, pace}) => [second, pace.duty]),
    [
      [0, 0],
      // 65: the first reading below 67 °C.
      [65, 0.1],
      [95, 0.3],
    ],
  )
  assert.equal(orders[0]?.reason, 'Training stands still: GPU is at 86.0 °C, the limit is 85 °C.')
  assert.equal(
    orders[1]?.reason,
    'Faster (8 pictures at once, 10 % of the time): the device has recovered.',
  )
})

test('scarce memory makes smaller micro-batches quickly, very scarce memory a standstill', () => {
  assert.deepEqual(
    ordersFor(repeat(5, free(250))).orders.map(({second, pace}) => [second, pace.microBatch]),
    [
      [0, 64],
      [2, 32],
      [4, 16],
    ],
  )
  const [order] = ordersFor([free(100)]).orders
  assert.equal(order?.pace.duty, 0)
  assert.equal(
    order?.reason,
    'Training stands still: 100 MB of memory are left, the limit is 150 MB.',
  )
})

test('a device without sensors is never slowed down', () => {
  const blind = {temperaturesC: {}, memoryAvailableBytes: undefined}
  // A reading without memory has no such field; spreading undefined over it comes to the same.
  assert.deepEqual(ordersFor(repeat(50, blind as Partial<Reading>)).orders, [])
})

test('a clock that is set back does not freeze the throttle', () => {
  const hot = ordersFor(repeat(1, at(72))).state
  const later = decide({...hot, sinceMs: 1e12}, reading(5, at(72)), limits)
  assert.equal(later.state.level, 2)
})

test('after trouble and enough quiet the pace is full again', () => {
  const {state, orders} = ordersFor([...repeat(60, at(80)), ...repeat(300, at(50))])
  assert.equal(state.level, 0)
  assert.equal(orders.at(-1)?.pace.duty, 1)
})

test('whatever the sensors say, an order changes the pace, comes with a reason, and heat never makes it faster', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          c: fc.double({min: 20, max: 110, noNaN: true}),
          mb: fc.integer({min: 10, max: 900}),
        }),
        {
          maxLength: 120,
        },
      ),
      (samples) => {
        let state = initialThrottle
        for (const [second, {c, mb}] of samples.entries()) {
          const decision = decide(state, reading(second, {...at(c), ...free(mb)}), limits)
          assert.equal(decision.order !== undefined, decision.state.level !== state.level)
          if (c >= limits.temperatureC) assert.ok(decision.state.level >= state.level)
          assert.ok((decision.order?.reason ?? 'none').length > 3)
          state = decision.state
        }
      },
    ),
  )
})
