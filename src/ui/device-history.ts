/**
 * The log in as many rows as a picture has room for, read in the background and kept for a while: 90 days take seconds to
 * read, and a page that looks the same for an hour need not read them again.
 */
import {setTimeout as wait} from 'node:timers/promises'
import type {Clock} from '../daemon/base/clock.ts'
import {type Log, reasonOf} from '../daemon/base/log.ts'
import type {Daemon} from '../daemon/daemon.ts'
import type {Row} from '../daemon/history/row.ts'
import type {Resolution} from '../daemon/history/segments.ts'
import {thinEach} from '../daemon/history/thin.ts'

export const spanNames = ['hour', 'day', 'quarter'] as const
export type SpanName = (typeof spanNames)[number]

type Span = {
  readonly ms: number
  /** What one row stands for. */
  readonly columnMs: number
  readonly resolution: Resolution
  /** How old it may be when it is shown. */
  readonly freshMs: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** 144 columns each: a phone shows no more, and the page of a board with many sensors stays small. */
export const spans: Readonly<Record<SpanName, Span>> = {
  hour: {ms: hourMs, columnMs: 25_000, resolution: '1s', freshMs: 30_000},
  day: {ms: 24 * hourMs, columnMs: 10 * minuteMs, resolution: '1min', freshMs: 4 * minuteMs},
  quarter: {
    ms: 90 * 24 * hourMs,
    columnMs: 15 * hourMs,
    resolution: '1min',
    freshMs: hourMs,
  },
}

export type SpanHistory =
  /** Nothing yet: it is being read. */
  | {readonly state: 'reading'}
  | {readonly state: 'read'; readonly rows: readonly Row[]; readonly takenAtMs: number}
  | {readonly state: 'failed'; readonly takenAtMs: number}

export interface DeviceHistory {
  /** What was read last. Where that has become old it is read anew, for whoever asks next. */
  readonly latest: (span: SpanName) => SpanHistory
  /** The same, but what is read anew is waited for, though not for long. */
  readonly fresh: (span: SpanName) => Promise<SpanHistory>
}

const longestWaitMs = 1_000

export const openDeviceHistory = (parts: {
  readonly daemon: Pick<Daemon, 'history'>
  readonly clock: Clock
  readonly log: Log
}): DeviceHistory => {
  const {daemon, clock, log} = parts
  const known = new Map<SpanName, SpanHistory>()
  const underWay = new Map<SpanName, Promise<void>>()

  const read = async (name: SpanName): Promise<void> => {
    const {ms, columnMs, resolution} = spans[name]
    const takenAtMs = clock.nowMs()
    try {
      const rows: Row[] = []
      const found = daemon.history(takenAtMs - ms, takenAtMs, resolution)
      for await (const row of thinEach(found, columnMs)) rows.push(row)
      known.set(name, {state: 'read', rows, takenAtMs})
    } catch (error) {
      log.warn(`The log could not be read for the page Device: ${reasonOf(error)}`)
      known.set(name, {state: 'failed', takenAtMs})
    }
  }
  const refreshed = (name: SpanName): Promise<void> | undefined => {
    const last = known.get(name) ?? {state: 'reading'}
    const isFresh =
      last.state !== 'reading' && Math.abs(clock.nowMs() - last.takenAtMs) < spans[name].freshMs
    if (isFresh) return undefined
    const reading = underWay.get(name) ?? read(name).finally(() => underWay.delete(name))
    underWay.set(name, reading)
    return reading
  }
  const latest = (name: SpanName): SpanHistory => {
    void refreshed(name)
    return known.get(name) ?? {state: 'reading'}
  }
  return {
    latest,
    fresh: async (name) => {
      const patience = new AbortController()
      const waited = wait(longestWaitMs, undefined, {ref: false, signal: patience.signal})
      await Promise.race([refreshed(name), waited.catch(() => {})])
      patience.abort()
      return known.get(name) ?? {state: 'reading'}
    },
  }
}
