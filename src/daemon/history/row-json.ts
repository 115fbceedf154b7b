/** A row as JSON: a line of the files, and of the NDJSON that is downloaded. */
import {z} from 'zod'
import {type Json, snakeCase} from '../base/json.ts'
import {type Measure, measureNames, type Row} from './row.ts'

/** `temperaturesC` is `temperatures_c`; what is empty is left out. */
export const rowJson = (row: Row): {readonly [key: string]: Json} => ({
  at_ms: row.atMs,
  readings: row.readings,
  temperatures_c: row.temperaturesC,
  ...(row.temperaturesMaxC ? {temperatures_max_c: row.temperaturesMaxC} : {}),
  powers_w: row.powersW,
  voltages_v: row.voltagesV,
  ...Object.fromEntries(
    Object.entries(row.measures).map(([name, value]) => [snakeCase(name), value]),
  ),
  ...(row.powerMode === undefined ? {} : {power_mode: row.powerMode}),
  ...(row.trials.length ? {trial: row.trials.join(' ')} : {}),
  ...(row.alarms.length ? {alarms: row.alarms} : {}),
  ...(row.orders.length
    ? {
        throttle_orders: row.orders.map(({atMs, pace, reason}) => ({
          at_ms: atMs,
          micro_batch: pace.microBatch,
          duty: pace.duty,
          reason,
        })),
      }
    : {}),
})

/** The row in a line; undefined where the line is damaged. */
export const parseRow = (line: string): Row | undefined => {
  const read = lineSchema.safeParse(line)
  if (!read.success) return undefined
  const {at_ms, temperatures_max_c, power_mode, trial, throttle_orders, ...row} = read.data
  return {
    atMs: at_ms,
    readings: row.readings,
    temperaturesC: row.temperatures_c,
    ...(temperatures_max_c ? {temperaturesMaxC: temperatures_max_c} : {}),
    powersW: row.powers_w,
    voltagesV: row.voltages_v,
    measures: Object.fromEntries(
      measureNames.flatMap((name) => {
        const value = row[columnOf[name]]
        return typeof value === 'number' ? [[name, value]] : []
      }),
    ),
    ...(power_mode === undefined ? {} : {powerMode: power_mode}),
    trials: trial ? trial.split(' ') : [],
    alarms: row.alarms,
    orders: throttle_orders.map(({at_ms: atMs, micro_batch: microBatch, duty, reason}) => ({
      atMs,
      pace: {microBatch, duty},
      reason,
    })),
  }
}

const columnOf = Object.fromEntries(
  measureNames.map((name) => [name, snakeCase(name)]),
) as Readonly<Record<Measure, string>> // one entry for each name

const numbers = z.record(z.string(), z.number())

const rowSchema = z.looseObject({
  at_ms: z.number(),
  readings: z.int().min(1),
  temperatures_c: numbers,
  temperatures_max_c: numbers.optional(),
  powers_w: numbers,
  voltages_v: numbers,
  power_mode: z.string().optional(),
  trial: z.string().optional(),
  alarms: z.array(z.string()).default([]),
  throttle_orders: z
    .array(
      z.object({at_ms: z.number(), micro_batch: z.number(), duty: z.number(), reason: z.string()}),
    )
    .default([]),
})

const lineSchema = z
  .string()
  .transform((line, context): unknown => {
    try {
      return JSON.parse(line)
    } catch {
      context.issues.push({code: 'custom', message: 'no JSON', input: line})
      return z.NEVER
    }
  })
  .pipe(rowSchema)
