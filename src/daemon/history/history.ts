/**
 * The thermal and performance log: a row a second for the last hour, thinned to 10 s for a day and to a minute for 90
 * days. It is kind to SD cards: it appends, seldom and compressed. It never stops the daemon: where the disk refuses,
 * rows are lost, and the log says so once.
 */
import {type Log, reasonOf} from '../base/log.ts'
import {goesOn, noOrders, runsOf, withinOrders} from './continuity.ts'
import {type HistoryFolder, linesOf, openHistoryFolder} from './folder.ts'
import {emptyGzip, type GzipState, gzipEnd, gzipMore} from './gzip.ts'
import {inOrder, loadSegment, thinned} from './range.ts'
import type {Row} from './row.ts'
import {type Resolution, type SegmentFile, spanMs} from './segments.ts'
import {thin} from './thin.ts'
import {tidy} from './tidy.ts'

export interface History {
  readonly write: (row: Row) => void
  /**
   * The rows from `fromMs` until before `toMs` by time, about an hour in memory at once. They are as fine as they are
   * kept; where that is finer than `resolution`, they are thinned to it.
   */
  readonly rows: (fromMs: number, toMs: number, resolution?: Resolution) => AsyncIterable<Row>
  /** Resolves when everything written so far is in its file. */
  readonly flush: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Flash wears by the write: so many rows go together. */
const rowsAtOnce = 10
/** While a disk hangs, memory must not fill. */
const mostWaiting = 600
/** A day of such hours is 36 MB. What is beyond it is kept in means of ten seconds. */
const mostSecondsBytes = 1_500_000

/** Where the folder cannot be used, the log says so and stays empty. */
export const openHistory = async (options: {
  readonly folder: string
  readonly log: Log
  readonly mostBytes?: number
}): Promise<History> => {
  const {log, mostBytes = 200_000_000} = options
  let isRefused = false
  const refused = (error: unknown) => {
    if (!isRefused) log.warn(`The thermal log cannot be written: ${reasonOf(error)}`)
    isRefused = true
  }
  const opened = await openHistoryFolder(options.folder).catch(refused)
  if (!opened) return noHistory
  const folder = opened

  const waiting: Row[] = []
  /** The segment that grows, and the time of its last row. */
  let growing: {file: SegmentFile; gzip: GzipState; endMs: number} | undefined
  let counted = noOrders
  let work: Promise<void> = Promise.resolve()

  const append = async (run: readonly Row[]) => {
    if (growing && !goesOn(growing.endMs, run[0].atMs)) await end()
    const {file, gzip} = growing ?? {file: newFile(folder, run[0].atMs), gzip: emptyGzip}
    const rows = file.bytes < mostSecondsBytes ? run : thin(run, spanMs['10s'])
    const {bytes, state} = gzipMore(gzip, linesOf(rows))
    await folder.append(file, bytes)
    // All at once, so that whoever reads finds each row either in the file or waiting.
    growing = {
      file: {...file, bytes: file.bytes + bytes.length},
      gzip: state,
      endMs: run[run.length - 1].atMs,
    }
    folder.grew(growing.file)
    waiting.splice(0, run.length)
  }

  const end = async () => {
    if (!growing) return
    const {file, gzip} = growing
    growing = undefined
    const bytes = gzipEnd(gzip)
    await folder.append(file, bytes)
    folder.grew({...file, bytes: file.bytes + bytes.length})
  }

  const drain = async () => {
    const runs = runsOf(waiting)
    const before = growing?.file.sequence
    let left = waiting.length
    try {
      for (const run of runs) {
        await append(run)
        left -= run.length
      }
      if (growing?.file.sequence !== before) await tidyUp()
      if (runs.length > 0) isRefused = false
    } catch (error) {
      // The file may end in half a row now: what comes next gets a new one.
      growing = undefined
      waiting.splice(0, left)
      refused(error)
    }
  }
  const tidyUp = () => tidy({folder, log, mostBytes, growing: growing?.file.sequence})
  const after = (step: () => Promise<void>): Promise<void> => {
    work = work.then(step).catch(refused)
    return work
  }
  const flush = () => after(drain)

  void after(tidyUp)
  return {
    write: (given) => {
      if (waiting.length >= mostWaiting) return refused('the disk does not answer')
      const {row, counted: next} = withinOrders(counted, given)
      counted = next
      waiting.push(row)
      const waitedMs = Math.abs(row.atMs - waiting[0].atMs)
      if (waiting.length >= rowsAtOnce || waitedMs >= spanMs['10s']) void flush()
    },
    rows: (fromMs, toMs, resolution = '1s') => {
      const runs = runsOf(waiting)
      const isNext = growing && runs.length > 0 && goesOn(growing.endMs, runs[0][0].atMs)
      const sequence = growing?.file.sequence
      const recorded = folder
        .segments()
        .filter(({startMs, endMs}) => startMs < toMs && endMs >= fromMs)
        .map((segment) => {
          const more = isNext && segment.sequence === sequence ? runs[0] : []
          const load = () => loadSegment(folder, segment, resolution, more)
          return {startMs: segment.startMs, load}
        })
      const unwritten = runs.slice(isNext ? 1 : 0).map((run) => ({
        startMs: run[0].atMs,
        load: async () => thinned(run, '1s', resolution),
      }))
      return within(inOrder([...recorded, ...unwritten]), fromMs, toMs)
    },
    flush,
    close: () => {
      void flush()
      return after(end)
    },
  }
}

/** It is known before it is written: where the disk takes but a part of it, its number is not given again. */
const newFile = (folder: HistoryFolder, startMs: number): SegmentFile => {
  const latest = folder.segments().at(-1)?.sequence ?? 0
  const file: SegmentFile = {sequence: latest + 1, startMs, resolution: '1s', bytes: 0}
  folder.grew(file)
  return file
}

async function* within(
  rows: AsyncIterable<Row>,
  fromMs: number,
  toMs: number,
): AsyncGenerator<Row, void, undefined> {
  for await (const row of rows) if (row.atMs >= fromMs && row.atMs < toMs) yield row
}

/** A log that keeps nothing. */
const noHistory: History = {
  write: () => {},
  rows: () => within(inOrder([]), 0, 0),
  flush: async () => {},
  close: async () => {},
}
