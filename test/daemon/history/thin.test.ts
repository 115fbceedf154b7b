import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import type {Row} from '../../../src/daemon/history/row.ts'
import {parseRow, rowJson} from '../../../src/daemon/history/row-json.ts'
import {thin, thinEach} from '../../../src/daemon/history/thin.ts'
import {plainRow, worstRow} from '../../fixtures/history-rows.ts'

const noon = Date.UTC(2026, 10, 23, 12)

test('ten seconds become one row: means, the peak, every alarm, trial and order', () => {
  const order = {atMs: noon + 7000, pace: {microBatch: 16, duty: 0.5}, reason: 'Slower: hot.'}
  const rows = [
    plainRow(noon, {
      temperaturesC: {CPU: 40, GPU: 50},
      measures: {cpuLoad: 0.5, samplesPerSecond: 100},
      trials: ['a/1'],
    }),
    plainRow(noon + 7000, {
      temperaturesC: {CPU: 60},
      measures: {cpuLoad: 0.7},
      powersW: {VDD_IN: 5},
      trials: ['a/1', 'a/2'],
      alarms: ['hot'],
      orders: [order],
    }),
    plainRow(noon + 10_000),
  ]
  assert.deepEqual(thin(rows, 10_000), [
    plainRow(noon, {
      readings: 2,
      temperaturesC: {CPU: 50, GPU: 50},
      temperaturesMaxC: {CPU: 60, GPU: 50},
      powersW: {VDD_IN: 5},
      measures: {cpuLoad: 0.6, samplesPerSecond: 100},
      trials: ['a/1', 'a/2'],
      alarms: ['hot'],
      orders: [order],
    }),
    plainRow(noon + 10_000, {temperaturesMaxC: {}}),
  ])
})

const temperature = fc.integer({min: -400, max: 1200}).map((tenths) => tenths / 10)

const rowsArbitrary: fc.Arbitrary<readonly Row[]> = fc
  .array(
    fc.record({
      ahead: fc.integer({min: 1, max: 30_000}),
      temperaturesC: fc.dictionary(fc.constantFrom('CPU', 'GPU', 'AO'), temperature),
      gpuLoad: fc.option(fc.integer({min: 0, max: 100}), {nil: undefined}),
    }),
    {minLength: 1, maxLength: 100},
  )
  .map((steps) => {
    let atMs = noon
    return steps.map(({ahead, temperaturesC, gpuLoad}) => {
      atMs += ahead
      const measures = gpuLoad === undefined ? {} : {gpuLoad: gpuLoad / 100}
      return plainRow(atMs, {temperaturesC, measures})
    })
  })

test('a mean lies between the least and the greatest, a peak is never lost, and each reading counts once', () => {
  fc.assert(
    fc.property(rowsArbitrary, fc.constantFrom(10_000, 60_000), (rows, spanMs) => {
      const thinned = thin(rows, spanMs)
      let next = 0
      for (const row of thinned) {
        const own = rows.slice(next, next + row.readings)
        next += row.readings
        assert.equal(row.atMs, own[0]?.atMs)
        assert.equal(new Set(own.map(({atMs}) => Math.floor(atMs / spanMs))).size, 1)
        const zones = new Set(own.flatMap(({temperaturesC}) => Object.keys(temperaturesC)))
        assert.deepEqual(new Set(Object.keys(row.temperaturesC)), zones)
        for (const zone of zones) {
          const values = own.flatMap(({temperaturesC}) => temperaturesC[zone] ?? [])
          const mean = row.temperaturesC[zone] ?? Number.NaN
          assert.ok(mean >= Math.min(...values) && mean <= Math.max(...values))
          assert.equal(row.temperaturesMaxC?.[zone], Math.max(...values))
        }
        const loads = own.flatMap(({measures}) => measures.gpuLoad ?? [])
        assert.equal(row.measures.gpuLoad === undefined, loads.length === 0)
        if (row.measures.gpuLoad !== undefined) {
          assert.ok(row.measures.gpuLoad >= Math.min(...loads))
          assert.ok(row.measures.gpuLoad <= Math.max(...loads))
        }
      }
      assert.equal(next, rows.length)
    }),
  )
})

test('rows that were thinned can be thinned again: no reading and no peak is lost', () => {
  fc.assert(
    fc.property(rowsArbitrary, (rows) => {
      const once = thin(rows, 60_000)
      const twice = thin(thin(rows, 10_000), 60_000)
      const kept = (list: readonly Row[]) =>
        list.map(({atMs, readings, temperaturesMaxC}) => ({atMs, readings, temperaturesMaxC}))
      assert.deepEqual(kept(twice), kept(once))
    }),
  )
})

test('a row survives its way through a file', () => {
  for (const second of [0, 1, 10]) {
    const row = worstRow(noon + second * 1000)
    const [mean] = thin([row], 10_000)
    assert.deepEqual(parseRow(JSON.stringify(rowJson(row))), row)
    assert.deepEqual(parseRow(JSON.stringify(rowJson(mean))), mean)
  }
  for (const line of ['', '{', 'null', '{"at_ms":1}', '{"at_ms":"x","readings":1}']) {
    assert.equal(parseRow(line), undefined)
  }
})

test('rows that come one by one are thinned as all at once are', async () => {
  const rows = Array.from({length: 200}, (_, i) => worstRow(noon + i * 1700))
  const each: Row[] = []
  for await (const row of thinEach(
    (async function* () {
      yield* rows
    })(),
    10_000,
  )) {
    each.push(row)
  }
  assert.deepEqual(each, thin(rows, 10_000))
})
