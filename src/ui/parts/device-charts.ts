/** The last hour of the device in pictures. Pure. */
import type {Reading} from '../../daemon/telemetry/reading.ts'
import type {Html} from '../html.ts'
import {chart, type Point, type Series} from './chart.ts'
import {formatNumber} from './format.ts'

/** More would be finer than a phone's screen. */
const mostPoints = 180

/** Temperature, load and memory, power; a chart without any measurement is left out. */
export const deviceCharts = (readings: readonly Reading[]): readonly Html[] => {
  const latest = readings.at(-1)
  const spanMs = (latest?.atMs ?? 0) - (readings[0]?.atMs ?? 0)
  const unit = spanMs < 120_000 ? {name: 's', ms: 1000} : {name: 'min', ms: 60_000}
  const shown = thinned(readings)
  const line = (label: string, measure: (reading: Reading) => number | undefined): Series => ({
    label,
    marks: 'line',
    points: shown.flatMap((reading): readonly Point[] => {
      const value = measure(reading)
      return value === undefined ? [] : [[(reading.atMs - (latest?.atMs ?? 0)) / unit.ms, value]]
    }),
  })
  const charts = [
    {
      title: 'Temperature',
      series: Object.keys(latest?.temperaturesC ?? {}).map((zone) =>
        line(zone, (reading) => reading.temperaturesC[zone]),
      ),
      yWords: (celsius: number) => `${formatNumber(celsius)} °C`,
    },
    {
      title: 'Load and memory',
      series: [
        line('CPU', (reading) => reading.cpuLoad),
        line('GPU', (reading) => reading.gpuLoad),
        line('memory in use', memoryShare),
      ],
      yWords: (share: number) => `${Math.round(share * 100)} %`,
      yRange: [0, 1] as const,
    },
    {
      title: 'Power',
      series: Object.keys(latest?.powersW ?? {}).map((rail) =>
        line(rail, (reading) => reading.powersW[rail]),
      ),
      yWords: (watts: number) => `${formatNumber(watts)} W`,
      yRange: [0, 1] as const,
    },
  ]
  return charts
    .map((one) => ({...one, series: one.series.filter(({points}) => points.length)}))
    .filter(({series}) => series.length)
    .map((one) => chart({...one, xWords: (ago) => (ago === 0 ? 'now' : `${ago} ${unit.name}`)}))
}

/** Every n-th reading, and always the last. */
const thinned = (readings: readonly Reading[]): readonly Reading[] => {
  const step = Math.max(1, Math.ceil(readings.length / mostPoints))
  return readings.filter((_, i) => (readings.length - 1 - i) % step === 0)
}

const memoryShare = ({memoryTotalBytes, memoryAvailableBytes}: Reading): number | undefined =>
  memoryTotalBytes && memoryAvailableBytes !== undefined
    ? 1 - memoryAvailableBytes / memoryTotalBytes
    : undefined
