/**
 * Decides how fast trials may run from what the sensors say. Pure: it reads nothing and tells nobody. It changes the
 * speed of a trial, never its result.
 */
import type {Reading} from '../telemetry/reading.ts'
import type {Limits} from './limits.ts'
import {fullPace, type Pace} from './pace.ts'

/** A change of pace, and the sentence that says why. */
export type Order = {readonly atMs: number; readonly pace: Pace; readonly reason: string}

export type Throttle = {
  /** Index into `paces`: 0 is full speed. */
  readonly level: number
  /** When the level last changed, or when the last trouble was seen at it. */
  readonly sinceMs: number
}

export const initialThrottle: Throttle = {level: 0, sinceMs: Number.NEGATIVE_INFINITY}

/** Each level halves the micro-batch while that helps, and rests more. */
const paces: readonly Pace[] = [
  fullPace,
  {microBatch: 64, duty: 0.9},
  {microBatch: 32, duty: 0.8},
  {microBatch: 16, duty: 0.7},
  {microBatch: 8, duty: 0.6},
  {microBatch: 8, duty: 0.5},
  {microBatch: 8, duty: 0.3},
  {microBatch: 8, duty: 0.1},
  {microBatch: 8, duty: 0},
]
const standstill = paces.length - 1

/** The fast part of a Nano's heating takes less than 20 s; the effect of one step must be seen before the next. */
const slowerAfterMs = 10_000
/** Memory fills faster than heat builds up. */
const slowerForMemoryAfterMs = 2_000
const fasterAfterMs = 30_000
/** This far below its limit a temperature counts as good again. */
const hysteresisC = 3
const memoryMargin = 1.2

type Trouble = {readonly kind: 'stop' | 'slower'; readonly waitMs: number; readonly why: string}

/** The next state, and an order where the pace changes. */
export const decide = (
  throttle: Throttle,
  reading: Reading,
  limits: Limits,
): {readonly state: Throttle; readonly order?: Order} => {
  const {level, sinceMs} = throttle
  // A clock that was set back must not freeze the throttle.
  const waitedMs = reading.atMs < sinceMs ? Number.POSITIVE_INFINITY : reading.atMs - sinceMs
  const trouble = troubleOf(reading, limits)
  if (trouble?.kind === 'stop') {
    return level === standstill
      ? {state: {level, sinceMs: reading.atMs}}
      : changed(standstill, reading, `Training stands still: ${trouble.why}.`)
  }
  if (trouble) {
    return level < standstill - 1 && waitedMs >= trouble.waitMs
      ? changed(level + 1, reading, `Slower (${paceText(level + 1)}): ${trouble.why}.`)
      : {state: throttle}
  }
  if (level === 0 || waitedMs < fasterAfterMs || !isWellBelow(reading, limits)) {
    return {state: throttle}
  }
  return changed(level - 1, reading, `Faster (${paceText(level - 1)}): the device has recovered.`)
}

const changed = (level: number, {atMs}: Reading, reason: string) => ({
  state: {level, sinceMs: atMs},
  order: {atMs, pace: paces[level], reason},
})

const paceText = (level: number): string => {
  const {microBatch, duty} = paces[level]
  return level === 0
    ? 'full speed'
    : `${microBatch} pictures at once, ${Math.round(100 * duty)} % of the time`
}

const troubleOf = (reading: Reading, limits: Limits): Trouble | undefined => {
  const hottest = hottestOf(reading)
  if (hottest && hottest.temperatureC >= limits.hardTemperatureC) {
    return {kind: 'stop', waitMs: 0, why: heat(hottest, limits.hardTemperatureC)}
  }
  const available = reading.memoryAvailableBytes
  if (available !== undefined && available < limits.memoryAvailableBytes / 2) {
    return {kind: 'stop', waitMs: 0, why: shortage(available, limits.memoryAvailableBytes / 2)}
  }
  if (hottest && hottest.temperatureC >= limits.temperatureC) {
    return {kind: 'slower', waitMs: slowerAfterMs, why: heat(hottest, limits.temperatureC)}
  }
  if (available !== undefined && available < limits.memoryAvailableBytes) {
    const why = shortage(available, limits.memoryAvailableBytes)
    return {kind: 'slower', waitMs: slowerForMemoryAfterMs, why}
  }
  return undefined
}

const isWellBelow = (reading: Reading, limits: Limits): boolean => {
  const hottest = hottestOf(reading)
  const available = reading.memoryAvailableBytes ?? Number.POSITIVE_INFINITY
  return (
    (hottest?.temperatureC ?? 0) < limits.temperatureC - hysteresisC &&
    available > limits.memoryAvailableBytes * memoryMargin
  )
}

type Zone = {readonly zone: string; readonly temperatureC: number}

const hottestOf = ({temperaturesC}: Reading): Zone | undefined =>
  Object.entries(temperaturesC)
    .map(([zone, temperatureC]) => ({zone, temperatureC}))
    .sort((a, b) => b.temperatureC - a.temperatureC)[0]

const heat = ({zone, temperatureC}: Zone, limitC: number): string =>
  `${zone} is at ${temperatureC.toFixed(1)} °C, the limit is ${limitC} °C`

const shortage = (availableBytes: number, limitBytes: number): string =>
  `${megabytes(availableBytes)} MB of memory are left, the limit is ${megabytes(limitBytes)} MB`

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
