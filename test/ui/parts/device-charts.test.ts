import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {thin} from '../../../src/daemon/history/thin.ts'
import {deviceCharts} from '../../../src/ui/parts/device-charts.ts'
import {timeTicks} from '../../../src/ui/parts/time-axis.ts'
import {plainRow, worstRow} from '../../fixtures/history-rows.ts'

const noon = Date.UTC(2026, 10, 23, 12)

test('the charts of a board with every sensor, all of them noisy, are a few kilobytes', () => {
  const seconds = Array.from({length: 3600}, (_, i) => worstRow(noon + i * 1000))
  const markup = deviceCharts({
    rows: thin(seconds, 25_000),
    columnMs: 25_000,
    orders: seconds.flatMap(({orders}) => orders),
    fromMs: noon,
    toMs: noon + 3_600_000,
  })
    .map((one) => one.markup)
    .join('')
  const bytes = gzipSync(markup).length
  assert.ok(bytes < 10_500, `${bytes} bytes`)
  // More lines than these can't be told apart.
  assert.doesNotMatch(markup, /tone-5/)
})

test('a line breaks where the box was off, and what was never measured has no chart', () => {
  const rows = [0, 1, 2, 50, 51].map((minute) =>
    plainRow(noon + minute * 60_000, {temperaturesC: {CPU: 50 + minute / 10}}),
  )
  const charts = deviceCharts({
    rows,
    columnMs: 60_000,
    orders: [],
    fromMs: noon,
    toMs: noon + 3_600_000,
  })
  assert.equal(charts.length, 1)
  assert.match(charts[0]?.markup ?? '', /class="line tone-1" d="M[^M]+M[^M]+"/)
  assert.doesNotMatch(charts[0]?.markup ?? '', /throttle order/)
})

test('times are labeled where the clock is round', () => {
  const hour = timeTicks(noon + 60_000, noon + 3_600_000)
  assert.deepEqual(
    hour.map((atMs) => (atMs - noon) / 60_000),
    [15, 30, 45, 60],
  )
  const quarter = timeTicks(noon - 90 * 86_400_000, noon)
  assert.ok(quarter.length >= 3 && quarter.length <= 5)
  for (const atMs of quarter) assert.ok(new Date(atMs).getHours() <= 1)
  assert.ok(timeTicks(noon, noon + 1000).length <= 5)
})
