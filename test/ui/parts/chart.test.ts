import assert from 'node:assert/strict'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {chart, type Point, type Series} from '../../../src/ui/parts/chart.ts'

const picture = (series: readonly Series[], more: object = {}) =>
  chart({
    title: 'Heat',
    series,
    xWords: String,
    yWords: (y) => `${Math.round(y * 10) / 10} °C`,
    ...more,
  }).markup

test('each point of a path has its words, in the order of the path', () => {
  const markup = picture([
    {
      label: 'CPU',
      marks: 'line',
      points: [
        [0, 40],
        [5, 62.52],
        [10, 50],
      ],
    },
  ])
  assert.match(
    markup,
    /<path class="line tone-1" d="M56 164l145 -154l145 85.6" data-y="40 °C\|62.5 °C\|50 °C"\/>/,
  )
  assert.match(markup, / data-x="0\|5\|10"/)
})

test('the words instead of the picture say where each line ends and how far it went', () => {
  const markup = picture(
    [
      {
        label: 'CPU',
        marks: 'line',
        points: [
          [0, 40],
          [1, 62],
          [2, 50],
        ],
      },
      {label: 'GPU', marks: 'line', points: [[0, 41]]},
    ],
    {events: {label: 'throttle order', xs: [1, 2]}},
  )
  assert.match(
    markup,
    /aria-label="Heat. CPU: last 50 °C, from 40 °C to 62 °C. GPU: 41 °C. throttle order: 2."/,
  )
})

test('a line is broken where nothing was measured, and a point by itself is a dot', () => {
  const markup = picture([
    {
      label: 'CPU',
      marks: 'line',
      points: [
        [0, 1],
        [1, 2],
        [2, Number.NaN],
        [3, 2],
      ],
    },
  ])
  assert.match(markup, /d="M56 164l96.7 -154M346 10h0" data-y="1 °C\|2 °C\|2 °C"/)
  assert.doesNotMatch(markup, /NaN/)
})

test('10,000 points in each of three series are a few kilobytes', () => {
  const points = (seed: number) =>
    Array.from({length: 10_000}, (_, i): Point => [i, Math.sin(i / 900) + ((i * seed) % 101) / 50])
  const markup = picture([
    {label: 'a', marks: 'line', points: points(31)},
    {label: 'b', marks: 'dots', points: points(57)},
    {label: 'c', marks: 'steps', points: points(73)},
  ])
  assert.ok(gzipSync(markup).length < 9_000, `${gzipSync(markup).length} bytes`)
})

test('text in a chart is never markup', () => {
  const markup = picture([{label: '<b>"', marks: 'line', points: [[0, 1]]}], {
    yWords: () => '"><script>',
  })
  assert.doesNotMatch(markup, /<script>|<b>"/)
})
