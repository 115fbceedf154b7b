/** Numbers and settings in the words of the pages. Pure. */
import type {Json} from '../../daemon/base/json.ts'
import {meanPowerW, wattHours} from '../../daemon/studies/energy.ts'
import type {Energy} from '../../daemon/studies/study.ts'

/** `0.00123`, `64`, `1.2e-5`: at most four digits that count. */
export const formatNumber = (value: number): string => String(Number(value.toPrecision(4)))

/** A share (0–1) as `85.3 %`. */
export const formatShare = (share: number): string => `${(share * 100).toFixed(1)} %`

/** An objective's value: accuracies are shares, what Simmer measures has its unit, everything else is a plain number. */
export const formatMetric = (metric: string, value: number): string => {
  if (metric === 'duration_ms') {
    return value < 1000 ? `${formatNumber(value)} ms` : `${formatNumber(value / 1000)} s`
  }
  if (metric === 'joules') return `${formatNumber(value)} J`
  return metric.endsWith('accuracy') ? formatShare(value) : formatNumber(value)
}

/** `0.0421 Wh, 7.3 W`: energy and mean power. */
export const formatEnergy = (energy: Energy): string =>
  `${formatNumber(wattHours(energy))} Wh, ${meanPowerW(energy).toFixed(1)} W`

/** `val_accuracy` as `validation accuracy`. */
export const metricWords = (metric: string): string =>
  metric
    .replace(/^duration_ms$/, 'duration')
    .replace(/^joules$/, 'energy')
    .replace(/^val_/, 'validation ')
    .replace(/^train_/, 'training ')
    .replaceAll('_', ' ')

/** With a capital at its start. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`
}

export const formatBytes = (bytes: number): string =>
  bytes < 1024 ** 3
    ? `${Math.round(bytes / 1024 ** 2)} MiB`
    : `${(bytes / 1024 ** 3).toFixed(1)} GiB`

/** Files as the web counts them: `4.4 MB`, `320 kB`. */
export const formatMegabytes = (bytes: number): string =>
  bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : `${formatNumber(Number((bytes / 1e6).toFixed(1)))} MB`

/** The time of day on the box: `14:03`, with seconds where they matter. */
export const formatTime = (atMs: number, withSeconds = false): string =>
  new Date(atMs).toTimeString().slice(0, withSeconds ? 8 : 5)

/** `2026-11-23 14:03`, on the box's clock. */
export const formatDate = (atMs: number): string => {
  const at = new Date(atMs)
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')
  return `${day} ${formatTime(atMs)}`
}

/** Params as name and value pairs, those of a nested choice beside its name. */
export const paramPairs = (params: {readonly [name: string]: Json}): readonly [string, string][] =>
  Object.entries(params).flatMap(([name, value]): readonly [string, string][] => {
    if (!isGroup(value)) return [[name, valueWords(value)]]
    const {name: own, ...rest} = value
    return [...(own === undefined ? [] : paramPairs({[name]: own})), ...paramPairs(rest)]
  })

const isGroup = (value: Json): value is {readonly [key: string]: Json} =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const valueWords = (value: Json): string => {
  if (typeof value === 'number') return formatNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
