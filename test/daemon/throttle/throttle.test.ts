import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {gentlestPace} from '../../../src/daemon/throttle/bound.ts'
import {type Limits, limitsOn} from '../../../src/daemon/throttle/limits.ts'
import {fullPace, type Pace} from '../../../src/daemon/throttle/pace.ts'
import type {Work} from '../../../src/daemon/throttle/speeds.ts'
import {
  decide,
  type Order,
  type Sample,
  startThrottle,
  type Throttle,
} from '../../../src/daemon/throttle/throttle.ts'

const asked = {temperatureC: 70, hardTemperatureC: 85, memoryAvailableBytes: 300 * 2 ** 20}
const computer = limitsOn({kind: 'linux'}, asked)
const nano = limitsOn({kind: 'jetson', passiveTripC: 97}, asked)

const work: Work = {trials: ['study/0'], task: 'lenet5 rail-signals', batch: 128}

const reading = (second: number, change: Partial<Reading>): Reading => ({
  atMs: 1000 * second,
  temperaturesC: {CPU: 45, GPU: 44},
  memoryAvailableBytes: 2 ** 31,
  powersW: {},
  voltagesV: {},
  alarms: [],
  ...change,
})

const at = (temperatureC: number): Partial<Reading> => ({
  temperaturesC: {CPU: 40, GPU: temperatureC},
})
const free = (megabytes: number): Partial<Reading> => ({memoryAvailableBytes: megabytes * 2 ** 20})

type Seen = Order & {readonly second: number}

/** One reading a second; what was ordered, with the second in which it was. */
const run = (
  changes: readonly Partial<Reading>[],
  {
    limits = computer,
    start,
    more = {},
  }: {limits?: Limits; start?: Throttle; more?: Partial<Sample>} = {},
) => {
  let state = start ?? startThrottle(limits)
  const orders: Seen[] = []
  const from = ((state.lastMs ?? -1000) + 1000) / 1000
  for (const [i, change] of changes.entries()) {
    const decision = decide(state, {reading: reading(from + i, change), work, ...more}, limits)
    state = decision.state
    if (decision.order) orders.push({second: from + i, ...decision.order})
  }
  return {state, orders}
}

const repeat = <T>(times: number, item: T): readonly T[] => Array.from({length: times}, () => item)

test('a cool device with memory to spare is left alone', () => {
  assert.deepEqual(run(repeat(100, at(60))).orders, [])
})

test('it slows down before the limit is reached, and says when it would have been', () => {
  // Half a degree every five seconds.
  const warming = Array.from({length: 100}, (_, second) => at(60 + Math.floor(second / 5) / 2))
  const {orders} = run(warming)
  const [first] = orders
  assert.ok(first && first.second < 95, 'the limit is reached in second 100')
  assert.ok(first.pace.duty < 1)
  assert.match(
    first.reason,
    /^Slower, at work \d+ % of the time: GPU is at 6\d\.\d °C and would pass 70 °C within (15|40) s at full speed\.$/,
  )
})

test('at the hard limit training stands still at once, until it has cooled down', () => {
  const hot = run([at(86), ...repeat(5, at(80)), ...repeat(5, at(66))])
  const [stopped] = hot.orders
  assert.equal(
    stopped?.reason,
    'Training stands still: GPU is at 86.0 °C, the hard limit is 85 °C; it goes on below 65 °C.',
  )
  assert.equal(hot.state.pace.duty, 0)
  assert.ok(run(repeat(3, at(64)), {start: hot.state}).state.pace.duty > 0)
})

test('without a temperature for more than five seconds the gentlest pace is taken, until it is back', () => {
  const blind = run([...repeat(10, at(50)), ...repeat(8, {temperaturesC: {}})])
  assert.deepEqual(blind.state.pace, gentlestPace)
  const [order, ...rest] = blind.orders
  assert.deepEqual(rest, [])
  assert.equal(order?.second, 15)
  assert.equal(
    order?.reason,
    'Slower, at work 10 % of the time, 8 pictures at once: no temperature for 6 s; before that GPU was at 50.0 °C.',
  )
  assert.deepEqual(run([at(50)], {start: blind.state}).state.pace, fullPace)
})

test('the zone that was the hottest must not vanish for the device to look cooler', () => {
  const lost = run([...repeat(10, at(69)), ...repeat(8, {temperaturesC: {CPU: 40}})])
  assert.deepEqual(lost.state.pace, gentlestPace)
})

test('a temperature that cannot be true counts as none', () => {
  for (const broken of [at(-256), at(1000), at(20), at(Number.NaN)]) {
    const {state} = run([...repeat(10, at(68)), ...repeat(8, broken)])
    assert.equal(state.pace.duty, gentlestPace.duty, JSON.stringify(broken))
  }
})

test('a device that never had a sensor is not slowed down', () => {
  const blind: Partial<Reading> = {temperaturesC: {}}
  assert.deepEqual(run(repeat(50, blind)).orders, [])
})

test('scarce memory halves the micro-batch and waits for the effect, very scarce memory stops training', () => {
  const {orders} = run(repeat(7, free(250)))
  assert.deepEqual(
    orders.map(({second, pace}) => [second, pace.microBatch]),
    [
      [0, 64],
      [3, 32],
      [6, 16],
    ],
  )
  assert.equal(
    orders[0]?.reason,
    'Slower, 64 pictures at once: 250 MB of memory are left, the limit is 300 MB.',
  )
  const [stopped] = run([free(100)]).orders
  assert.equal(stopped?.pace.duty, 0)
  assert.equal(
    stopped?.reason,
    'Training stands still: 100 MB of memory are left, the limit is 300 MB.',
  )
})

test('fast swapping and waiting for memory count as scarce memory', () => {
  const swapping = [{swapUsedBytes: 0}, {swapUsedBytes: 100 * 2 ** 20}]
  assert.match(run(swapping).orders[0]?.reason ?? '', /100 MB a second go to swap/)
  const waiting = run([{memoryPressure: 0.25}]).orders[0]
  assert.match(waiting?.reason ?? '', /programs wait for memory in 25 % of the time/)
})

test('what a sample takes is learned, and no micro-batch is begun with that would not fit', () => {
  // 10 MB a sample, of 2,000 MB.
  let state = startThrottle(nano)
  const paces: Pace[] = []
  for (let second = 0; second < 60; second++) {
    const inUse = 10 * Math.min(state.pace.microBatch, 1000)
    const sample = {reading: reading(second, free(2000 - inUse)), work: {...work, batch: 1000}}
    state = decide(state, sample, nano).state
    paces.push(state.pace)
  }
  // 170 would leave the limit; 128 is the largest power of two below it.
  assert.equal(Math.max(...paces.map(({microBatch}) => microBatch)), 128)
  assert.equal(paces.at(-1)?.microBatch, 128)
})

test('on a small board memory and supply are felt out from a small micro-batch', () => {
  const {orders} = run(repeat(20, {voltagesV: {POM_5V_IN: 5}}), {limits: nano})
  assert.deepEqual(
    orders.map(({pace}) => pace.microBatch),
    [32, 64, 128, 256],
  )
})

test('a supply that sags gets smaller micro-batches, and is asked for more only after a while', () => {
  const start = run(repeat(20, {voltagesV: {POM_5V_IN: 5}}), {limits: nano}).state
  const weak = {voltagesV: {POM_5V_IN: 4.7}}
  const {orders, state} = run([weak, ...repeat(50, {voltagesV: {POM_5V_IN: 4.9}})], {
    limits: nano,
    start,
  })
  assert.deepEqual(
    orders.map(({pace, reason}) => [pace.microBatch, reason]),
    [[64, 'Slower, 64 pictures at once: the supply had sagged to 4.70 V of 5 V.']],
  )
  const later = run(repeat(30, {voltagesV: {POM_5V_IN: 4.9}}), {limits: nano, start: state})
  assert.equal(later.orders[0]?.pace.microBatch, 128)
})

test('an over-current event halves the micro-batch once, however long it is told of', () => {
  const start = run(repeat(20, {voltagesV: {POM_5V_IN: 5}}), {limits: nano}).state
  const told = repeat(30, {voltagesV: {POM_5V_IN: 5}, isOverCurrent: true as const})
  const {orders} = run(told, {limits: nano, start})
  assert.deepEqual(
    orders.map(({pace, reason}) => [pace.microBatch, reason]),
    [[64, 'Slower, 64 pictures at once: the board had drawn more current than it may.']],
  )
})

test('a cap on the power is kept by working less of the time', () => {
  const limits = {...computer, powerW: 5}
  const idle = decide(startThrottle(limits), {reading: reading(0, {}), powerW: 2}, limits).state
  // 6 W of training at full duty, of which 3 W are allowed.
  let state = idle
  for (let second = 1; second < 120; second++) {
    const powerW = 2 + 6 * state.pace.duty
    state = decide(state, {reading: reading(second, {}), powerW, work}, limits).state
  }
  assert.ok(Math.abs(state.pace.duty - 0.5) < 0.03, `${state.pace.duty}`)
})

test('a smaller micro-batch is kept where the trial was faster with it', () => {
  // At 64 at once a third of the watts buy nine tenths of the speed, and the cap allows for one watt of training.
  const limits = {...computer, powerW: 3}
  const watts = (microBatch: number) => (microBatch <= 64 ? 1 : 3)
  const speed = (microBatch: number) => (microBatch <= 64 ? 900 : 1000)
  let state = decide(startThrottle(limits), {reading: reading(0, {}), powerW: 2}, limits).state
  for (let second = 1; second < 400; second++) {
    const {microBatch, duty} = state.pace
    const size = Math.min(microBatch, 128)
    const samplesPerSecond = speed(size) * duty
    // Scarce memory shows it the smaller one for a while.
    const memory = second > 100 && second < 103 ? free(250) : {}
    state = decide(
      state,
      {
        reading: reading(second, memory),
        powerW: 2 + watts(size) * duty,
        work: {...work, samplesPerSecond},
      },
      limits,
    ).state
  }
  assert.equal(state.pace.microBatch, 64)
  assert.ok(state.pace.duty > 0.95)
})

test('where nothing is trained nothing is ordered', () => {
  const limits = computer
  let state = startThrottle(limits)
  for (let second = 0; second < 20; second++) {
    const decision = decide(state, {reading: reading(second, at(90))}, limits)
    assert.equal(decision.order, undefined)
    state = decision.state
  }
  // A trial that begins now stands still at once.
  assert.equal(decide(state, {reading: reading(20, at(90)), work}, limits).state.pace.duty, 0)
})

test('both temperatures stay ten degrees below the kernel’s own brake', () => {
  const early = limitsOn({kind: 'jetson', passiveTripC: 75}, asked)
  assert.deepEqual([early.hardTemperatureC, early.temperatureC], [65, 63])
  assert.deepEqual([nano.hardTemperatureC, nano.temperatureC], [85, 70])
})

test('a clock that is set back or leaps does not freeze the throttle', () => {
  const warm = run(repeat(30, at(60))).state
  for (const atMs of [5, 1e12]) {
    let state = warm
    for (let second = 0; second < 5; second++) {
      const sample = {reading: {...reading(0, at(73)), atMs: atMs + 1000 * second}, work}
      state = decide(state, sample, computer).state
    }
    assert.ok(state.pace.duty < 1, `${atMs}`)
  }
})

const anything = fc.oneof(
  fc.constant(undefined),
  fc.double(),
  fc.constantFrom(0, -1, 1e9, -256_000, Number.NaN, Number.POSITIVE_INFINITY),
)

/** What a board may say that has lost its senses: nothing that a real one would say at the same time as 69 °C. */
const broken = fc.record({
  temperaturesC: fc.constantFrom<Record<string, number>>(
    {},
    {GPU: Number.NaN},
    {GPU: -256},
    {GPU: 4000},
    {GPU: 0},
    {CPU: 30},
    {other: 20},
  ),
  memoryAvailableBytes: anything,
  swapUsedBytes: anything,
  memoryPressure: anything,
  voltagesV: fc.dictionary(fc.constantFrom('POM_5V_IN', 'VDD_IN'), fc.double()),
})

test('10,000 broken readings: no crash, no pace that makes no sense, never an order to go faster', () => {
  const random = seededRandom(1, 'broken')
  fc.assert(
    fc.property(fc.array(broken, {minLength: 10, maxLength: 10}), anything, (readings, powerW) => {
      const warm = run(repeat(10 + random.integer(0, 40), at(68 + random.integer(0, 3)))).state
      let state = warm
      for (const [i, change] of readings.entries()) {
        const given = Object.fromEntries(
          Object.entries(change).filter(([, value]) => value !== undefined),
        )
        const sample = {
          reading: reading((warm.lastMs ?? 0) / 1000 + 1 + i, given),
          ...(powerW === undefined ? {} : {powerW}),
          work,
        }
        const {state: next, order} = decide(state, sample, computer)
        const {microBatch, duty} = next.pace
        assert.ok(Number.isInteger(microBatch) && microBatch >= 1 && duty >= 0 && duty <= 1)
        assert.ok(duty <= state.pace.duty && microBatch <= state.pace.microBatch, order?.reason)
        if (order) assert.doesNotMatch(order.reason, /NaN|undefined|Infinity/)
        state = next
      }
    }),
    {numRuns: 1000, seed: 7},
  )
})
