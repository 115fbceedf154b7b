/**
 * One row of the thermal and performance log: what the device was like, how fast it trained and what the throttle said.
 * Data, and how it is put together. Pure.
 */
import type {Reading} from '../telemetry/reading.ts'
import type {Pace} from '../throttle/pace.ts'
import type {Work} from '../throttle/speeds.ts'
import type {Order} from '../throttle/throttle.ts'

/** What has one number a row, with the step in which it is kept: finer digits are noise that costs room. */
const measures = {
  cpuLoad: 0.01,
  gpuLoad: 0.01,
  emcLoad: 0.01,
  cpuFrequencyHz: 1e6,
  gpuFrequencyHz: 1e6,
  memoryAvailableBytes: 2 ** 20,
  memoryTotalBytes: 2 ** 20,
  gpuMemoryBytes: 2 ** 20,
  swapUsedBytes: 2 ** 20,
  memoryPressure: 0.01,
  fanShare: 0.01,
  /** As of `Pace`; absent while nothing trains. */
  microBatch: 1,
  duty: 0.01,
  /** Of all running trials together. */
  samplesPerSecond: 0.1,
} as const

export type Measure = keyof typeof measures

/** What has a number for each zone or rail, with its step. */
export const steps = {temperaturesC: 0.1, powersW: 0.01, voltagesV: 0.01} as const

export type Numbers = Readonly<Record<string, number>>

export type Row = {
  /** When its first reading was taken, in ms since 1970. */
  readonly atMs: number
  /** How many readings it is the mean of. */
  readonly readings: number
  readonly temperaturesC: Numbers
  /** The highest of its readings; absent where it is a single one. */
  readonly temperaturesMaxC?: Numbers
  readonly powersW: Numbers
  readonly voltagesV: Numbers
  readonly measures: Readonly<Partial<Record<Measure, number>>>
  readonly powerMode?: string
  /** `study id/trial number` of what was training. */
  readonly trials: readonly string[]
  readonly alarms: readonly string[]
  /** What the throttle ordered in its time. */
  readonly orders: readonly Order[]
}

/** The row of one second. */
export const rowOf = (now: {
  readonly reading: Reading
  readonly pace: Pace
  readonly order?: Order
  /** What is trained; absent where nothing is. */
  readonly work?: Work
}): Row => {
  const {reading, pace, order, work} = now
  const measured = {
    ...reading,
    ...(work ? {...pace, samplesPerSecond: work.samplesPerSecond} : {}),
  }
  return {
    atMs: reading.atMs,
    readings: 1,
    temperaturesC: roundedAll(reading.temperaturesC, steps.temperaturesC),
    powersW: roundedAll(reading.powersW, steps.powersW),
    voltagesV: roundedAll(reading.voltagesV, steps.voltagesV),
    measures: measuresOf((name) => measured[name]),
    ...(reading.powerMode === undefined ? {} : {powerMode: reading.powerMode}),
    trials: work?.trials ?? [],
    alarms: reading.alarms,
    orders: order ? [order] : [],
  }
}

/** The reading that a row was made of, as far as the row keeps it. */
export const readingOf = (row: Row): Reading => {
  const {microBatch, duty, samplesPerSecond, ...measured} = row.measures
  return {
    atMs: row.atMs,
    temperaturesC: row.temperaturesC,
    powersW: row.powersW,
    voltagesV: row.voltagesV,
    ...measured,
    ...(row.powerMode === undefined ? {} : {powerMode: row.powerMode}),
    alarms: row.alarms,
  }
}

/** The measures that have a finite number, rounded to their steps. */
export const measuresOf = (numberFor: (name: Measure) => number | undefined): Row['measures'] =>
  Object.fromEntries(
    measureNames.flatMap((name) => {
      const value = numberFor(name)
      return value !== undefined && Number.isFinite(value)
        ? [[name, rounded(value, measures[name])]]
        : []
    }),
  )

// Object.keys forgets what the keys are.
export const measureNames = Object.keys(measures) as readonly Measure[]

/** Each rounded to a multiple of `step`; what is no number is left out. */
export const roundedAll = (numbers: Numbers, step: number): Numbers =>
  Object.fromEntries(
    Object.entries(numbers)
      .filter(([, value]) => Number.isFinite(value))
      .map(([name, value]) => [name, rounded(value, step)]),
  )

/** The nearest multiple of `step`, in the fewest digits. */
const rounded = (value: number, step: number): number =>
  Number((Math.round(value / step) * step).toFixed(3))
