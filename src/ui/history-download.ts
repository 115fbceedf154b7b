/** Sends a stretch of the thermal and performance log, asked for by an address's `from`, `to` and `resolution`. */
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {Response} from 'express'
import {ok, type Result, refuse} from '../daemon/base/result.ts'
import type {Daemon} from '../daemon/daemon.ts'
import {csvOf} from '../daemon/history/csv.ts'
import type {Row} from '../daemon/history/row.ts'
import {rowJson} from '../daemon/history/row-json.ts'
import {type Resolution, resolutions} from '../daemon/history/segments.ts'

export const historyFormats = ['csv', 'ndjson'] as const
export type HistoryFormat = (typeof historyFormats)[number]

export type HistoryRange = {
  readonly fromMs: number
  readonly toMs: number
  /** Absent: as fine as it is kept. */
  readonly resolution?: Resolution
}

const contentTypes = {csv: 'text/csv', ndjson: 'application/x-ndjson'} as const

/** Streams: 90 days do not fit into memory, and a reader may go away in the middle. */
export const sendHistory = async (
  response: Response,
  daemon: Pick<Daemon, 'history'>,
  {fromMs, toMs, resolution}: HistoryRange,
  format: HistoryFormat,
): Promise<void> => {
  const rows = () => daemon.history(fromMs, toMs, resolution)
  response.attachment(`simmer-log.${format}`).type(contentTypes[format])
  if (response.req.method === 'HEAD') {
    response.end()
    return
  }
  // The first row of 90 days may take a while: the download is seen to begin.
  response.flushHeaders()
  try {
    await pipeline(Readable.from(format === 'csv' ? csvOf(rows) : ndjsonOf(rows())), response)
  } catch (error) {
    // The reader went away: node's stream errors carry a code.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
}

async function* ndjsonOf(rows: AsyncIterable<Row>): AsyncGenerator<string, void, undefined> {
  for await (const row of rows) yield `${JSON.stringify(rowJson(row))}\n`
}

/**
 * `from` and `to` are ISO 8601 or ms since 1970; `from` may also be an ISO 8601 duration that ends at `to`. Without
 * them it is the last hour.
 */
export const readHistoryRange = (
  query: {readonly from?: unknown; readonly to?: unknown; readonly resolution?: unknown},
  nowMs: number,
): Result<HistoryRange> => {
  const {from = 'PT1H', to, resolution: asked} = query
  const toMs = to === undefined ? nowMs : timeIn(to)
  if (toMs === undefined) return refuse(expectedTime('to', to))
  const durationMs = durationIn(from)
  const fromMs = durationMs === undefined ? timeIn(from) : toMs - durationMs
  if (fromMs === undefined) return refuse(expectedTime('from', from))
  if (fromMs >= toMs) {
    return refuse(
      `from: expected a time before \`to\` (${isoOf(toMs)}), got ${isoOf(fromMs)}. Swap them, or leave \`to\` out for now.`,
    )
  }
  const resolution = resolutions.find((known) => known === asked)
  if (asked !== undefined && !resolution) {
    return refuse(
      `resolution: expected one of ${resolutions.join(', ')}, got ${JSON.stringify(asked)}.`,
    )
  }
  return ok({fromMs, toMs, ...(resolution ? {resolution} : {})})
}

const isoOf = (ms: number): string => new Date(ms).toISOString()

const expectedTime = (name: string, found: unknown): string =>
  `${name}: expected a time such as 2026-11-24T16:00:00Z or ms since 1970${
    name === 'from' ? ', or a duration such as PT1H or P90D' : ''
  }, got ${JSON.stringify(found)}.`

/** A date alone is its start in UTC; a time without a zone is the box's own. */
const timeIn = (value: unknown): number | undefined => {
  const text = String(value)
  const ms = /^\d+$/.test(text) ? Number(text) : isoTime.test(text) ? Date.parse(text) : Number.NaN
  return Math.abs(ms) <= latestMs ? ms : undefined
}

/** JavaScript's dates end there. */
const latestMs = 8.64e15

const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

const durationIn = (value: unknown): number | undefined => {
  const match = /^P(?=.)(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?$/.exec(
    String(value),
  )
  if (!match) return undefined
  const [days, hours, minutes] = match.slice(1).map((digits) => Number(digits ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60_000
}
