import assert from 'node:assert/strict'
import {test} from 'node:test'
import {csvOf} from '../../../src/daemon/history/csv.ts'
import {type Row, readingOf, rowOf} from '../../../src/daemon/history/row.ts'
import type {Work} from '../../../src/daemon/throttle/speeds.ts'
import {exampleReading} from '../../fixtures/fake-daemon.ts'
import {plainRow} from '../../fixtures/history-rows.ts'

const noon = Date.UTC(2026, 10, 23, 12)
const pace = {microBatch: 32, duty: 0.8}

/** A study with one trial that runs; without a speed it has made no progress yet. */
const work: Work = {trials: ['a/0', 'a/1'], task: 'lenet5 rail-signals', samplesPerSecond: 120.04}

test('a row says what was read, at which pace it trained, what ran and what was ordered', () => {
  const reading = exampleReading(0)
  const order = {atMs: reading.atMs, pace, reason: 'Slower: hot.'}
  const row = rowOf({reading, pace, order, work})
  assert.deepEqual(row.trials, ['a/0', 'a/1'])
  assert.deepEqual(row.orders, [order])
  assert.deepEqual(row.temperaturesC, {CPU: 62, GPU: 57.7})
  const {microBatch, duty, samplesPerSecond, gpuFrequencyHz, fanShare} = row.measures
  assert.deepEqual([microBatch, duty, samplesPerSecond], [32, 0.8, 120])
  assert.deepEqual([gpuFrequencyHz, fanShare, row.powerMode], [922_000_000, 0.6, '10W'])
})

test('where nothing trains there is no pace and no speed, and what was not read stays away', () => {
  const {measures, trials} = rowOf({
    reading: {atMs: noon, temperaturesC: {CPU: Number.NaN}, powersW: {}, voltagesV: {}, alarms: []},
    pace,
  })
  assert.deepEqual([measures, trials], [{}, []])
})

test('the pages get back from a row what they show', () => {
  const reading = {...exampleReading(0), gpuFrequencyHz: 922_000_000}
  const back = readingOf(rowOf({reading, pace, work}))
  assert.deepEqual(
    Object.keys(back).sort(),
    Object.keys(reading)
      .filter((key) => key !== 'gpuPower')
      .sort(),
  )
  assert.deepEqual(
    [back.atMs, back.gpuFrequencyHz, back.powersW],
    [reading.atMs, 922_000_000, {POM_5V_IN: 7.1, POM_5V_GPU: 2.4, POM_5V_CPU: 1.8}],
  )
})

const csvText = async (rows: readonly Row[]): Promise<string> => {
  let text = ''
  for await (const part of csvOf(async function* () {
    yield* rows
  })) {
    text += part
  }
  return text
}

test('CSV has its columns in one order, with units, whatever came first', async () => {
  const first = plainRow(noon, {temperaturesC: {GPU: 41.5}, voltagesV: {POM_5V_IN: 5}})
  const second = plainRow(noon + 1000, {
    temperaturesC: {CPU: 40, 'thermal-fan-est': 39},
    powersW: {POM_5V_IN: 7.1},
    measures: {samplesPerSecond: 1200.5, cpuLoad: 0.5},
    trials: ['a/1', 'a/2'],
  })
  const text = await csvText([first, second])
  const [header = '', one, two, end] = text.split('\r\n')
  assert.equal(
    header.split(',gpu_load')[0],
    [
      'time',
      'readings',
      'temperature_cpu_c',
      'temperature_gpu_c',
      'temperature_thermal_fan_est_c',
      'temperature_cpu_max_c',
      'temperature_gpu_max_c',
      'temperature_thermal_fan_est_max_c',
      'power_pom_5v_in_w',
      'voltage_pom_5v_in_v',
      'cpu_load',
    ].join(','),
  )
  assert.equal(
    header.split('fan_share,')[1],
    'micro_batch,duty,samples_per_second,power_mode,trial,alarms,throttle_orders',
  )
  assert.match(one ?? '', /^2026-11-23T12:00:00.000Z,1,,41.5,,,41.5,,,5,,/)
  assert.match(
    two ?? '',
    /^2026-11-23T12:00:01.000Z,1,40,,39,40,,39,7.1,,0.5,.*,1200.5,,a\/1 a\/2,,$/,
  )
  assert.equal(end, '')
  assert.equal(
    (
      await csvText([
        {...second, atMs: noon},
        {...first, atMs: noon + 1},
      ])
    ).split('\r\n')[0],
    header,
  )
})

test('text in CSV is quoted where it must be, and no spreadsheet runs it', async () => {
  const order = {atMs: noon, pace, reason: 'Slower: "hot", very.'}
  const text = await csvText([
    plainRow(noon, {alarms: ['=cmd|calc', 'x'], powerMode: '@SUM(1)', orders: [order]}),
  ])
  assert.ok(text.includes(`,'@SUM(1),`))
  assert.ok(text.includes(`,'=cmd|calc x,`))
  assert.ok(
    text.includes('"2026-11-23T12:00:00.000Z micro-batch 32, duty 0.8: Slower: ""hot"", very."'),
  )
})

test('two zones whose names differ by a dash keep a column each', async () => {
  const text = await csvText([plainRow(noon, {temperaturesC: {'a-b': 1, a_b: 2}})])
  assert.match(text, /^time,readings,temperature_a_b_c,temperature_a_b_c_2,temperature_a_b_max_c,/)
})

test('an empty stretch of time is a header', async () => {
  assert.match(await csvText([]), /^time,readings,cpu_load,.*,throttle_orders\r\n$/)
})
