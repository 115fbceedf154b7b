/** The device over time in pictures, with the throttle's orders marked on them. Pure. */
import type {Measure, Row} from '../../daemon/history/row.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'
import type {Html} from '../html.ts'
import {type Chart, chart, type Point, type Series} from './chart.ts'
import {formatNumber} from './format.ts'
import {momentWords, timeTicks, timeWords} from './time-axis.ts'

export type DevicePicture = {
  /** By time; each stands for `columnMs`. */
  readonly rows: readonly Row[]
  readonly columnMs: number
  readonly orders: readonly Order[]
  readonly fromMs: number
  readonly toMs: number
}

/** Zones and rails beyond these are in the readings and in the log: more lines can't be told apart. */
const mostLines = 4

/** Temperature, power, frequency, micro-batch, load and memory; a chart without any measurement is left out. */
export const deviceCharts = (picture: DevicePicture): readonly Html[] => {
  const {rows, fromMs, toMs} = picture
  const line = (label: string, measureOf: (row: Row) => number | undefined): Series => ({
    label,
    marks: 'line',
    points: withGaps(picture, measureOf),
  })
  const measure = (label: string, name: Measure) => line(label, (row) => row.measures[name])
  const charts: readonly Pick<Chart, 'title' | 'series' | 'yWords' | 'yRange'>[] = [
    {
      title: 'Highest temperature',
      series: largest(rows, hottest).map((zone) => line(zone, (row) => hottest(row)[zone])),
      yWords: (celsius) => `${formatNumber(celsius)} °C`,
    },
    {
      title: 'Power',
      series: largest(rows, (row) => row.powersW).map((rail) =>
        line(rail, (row) => row.powersW[rail]),
      ),
      yWords: (watts) => `${formatNumber(watts)} W`,
      yRange: [0, 1],
    },
    {
      title: 'Frequency',
      series: [measure('CPU', 'cpuFrequencyHz'), measure('GPU', 'gpuFrequencyHz')].map(inGigahertz),
      yWords: (gigahertz) => `${formatNumber(gigahertz)} GHz`,
      yRange: [0, 1],
    },
    {
      title: 'Micro-batch',
      series: [{...measure('samples at once', 'microBatch'), marks: 'steps' as const}],
      yWords: (samples) => formatNumber(Math.round(samples)),
      yRange: [0, 1],
    },
    {
      title: 'Load and memory',
      series: [
        measure('CPU', 'cpuLoad'),
        measure('GPU', 'gpuLoad'),
        line('memory in use', memoryShare),
        measure('may work', 'duty'),
      ],
      yWords: (share) => `${Math.round(share * 100)} %`,
      yRange: [0, 1],
    },
  ]
  const events = {label: 'throttle order', xs: picture.orders.map(({atMs}) => atMs)}
  return charts
    .map((one) => ({...one, series: one.series.filter(({points}) => points.some(isMeasured))}))
    .filter(({series}) => series.length)
    .map((one) =>
      chart({
        ...one,
        xRange: [fromMs, toMs],
        xTicks: timeTicks(fromMs, toMs),
        xTickWords: timeWords(toMs - fromMs),
        xWords: momentWords(toMs - fromMs),
        events,
      }),
    )
}

const isMeasured = ([, value]: Point): boolean => Number.isFinite(value)

const hottest = ({temperaturesC, temperaturesMaxC}: Row): Readonly<Record<string, number>> =>
  temperaturesMaxC ?? temperaturesC

/** The names with the highest values, the highest first. */
const largest = (
  rows: readonly Row[],
  numbersOf: (row: Row) => Readonly<Record<string, number>>,
): readonly string[] => {
  const peaks = new Map<string, number>()
  for (const row of rows) {
    for (const [name, value] of Object.entries(numbersOf(row))) {
      peaks.set(name, Math.max(value, peaks.get(name) ?? value))
    }
  }
  return [...peaks]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostLines)
    .map(([name]) => name)
}

/** Where the box was off, the line is broken. */
const withGaps = (
  {rows, columnMs}: DevicePicture,
  measureOf: (row: Row) => number | undefined,
): readonly Point[] =>
  rows.flatMap((row, i): readonly Point[] => {
    const value = measureOf(row) ?? Number.NaN
    const beforeMs = rows[i - 1]?.atMs ?? row.atMs
    const point: Point = [row.atMs, value]
    return row.atMs - beforeMs > 2.5 * columnMs ? [[beforeMs, Number.NaN], point] : [point]
  })

const inGigahertz = (series: Series): Series => ({
  ...series,
  points: series.points.map(([x, hertz]) => [x, hertz / 1e9]),
})

const memoryShare = ({measures: {memoryTotalBytes, memoryAvailableBytes}}: Row) =>
  memoryTotalBytes && memoryAvailableBytes !== undefined
    ? 1 - memoryAvailableBytes / memoryTotalBytes
    : undefined
