/** The last hour of the device in pictures. Pure. */
import type {Reading} from '../../daemon/telemetry/reading.ts'
import type {Html} from '../html.ts'
import {chart, type Point, type Series} from './chart.ts'
import {formatNumber} from './format.ts'

/** More would be finer than a phone's screen. */
const mostPoints = 180

/** Temperature, load and memory, power; a chart without any measurement is left out. */
export const deviceCharts = (readings: readonly Reading[]): readonly Html[] => {
  const shown = thinned(readings)
  const latest = readings.at(-1)
  const charts = [
    {
      title: 'Temperature',
      series: Object.keys(latest?.temperaturesC ?? {}).map((zone) =>
        line(shown, zone, (reading) => reading.temperaturesC[zone]),
      ),
      yWords: (celsius: number) => `${formatNumber(celsius)} °C`,
    },
    {
      title: 'Load and memory',
      series: [
        line(shown, 'CPU', (reading) => reading.cpuLoad),
        line(shown, 'GPU', (reading) => reading.gpuLoad),
        line(shown, 'memory in use', memoryShare),
      ],
      yWords: (share: number) => `${Math.round(share * 100)} %`,
      yRange: [0, 1] as const,
    },
    {
      title: 'Power',
      series: Object.keys(latest?.powersW ?? {}).map((rail) =>
        line(shown, rail, (reading) => reading.powersW[rail]),
      ),
      yWords: (watts: number) => `${formatNumber(watts)} W`,
      yRange: [0, 1] as const,
    },
  ]
  return charts
    .map((one) => ({...one, series: one.series.filter(({points}) => points.length)}))
    .filter(({series}) => series.length)
    .map((one) => chart({...one, xWords: (minutes) => (minutes === 0 ? 'now' : `${minutes} min`)}))
}

/** Every n-th reading, and always the last. */
const thinned = (readings: readonly Reading[]): readonly Reading[] => {
  const step = Math.max(1, Math.ceil(readings.length / mostPoints))
  return readings.filter((_, i) => (readings.length - 1 - i) % step === 0)
}

const line = (
  readings: readonly Reading[],
  label: string,
  measure: (reading: Reading) => number | undefined,
): Series => ({
  label,
  marks: 'line',
  points: readings.flatMap((reading): readonly Point[] => {
    const value = measure(reading)
    const minutes = (reading.atMs - (readings.at(-1)?.atMs ?? 0)) / 60_000
    return value === undefined ? [] : [[minutes, value]]
  }),
})

const memoryShare = ({memoryTotalBytes, memoryAvailableBytes}: Reading): number | undefined =>
  memoryTotalBytes && memoryAvailableBytes !== undefined
    ? 1 - memoryAvailableBytes / memoryTotalBytes
    : undefined
