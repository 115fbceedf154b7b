import type {Log} from '../base/log.ts'
import type {HistoryFolder} from './folder.ts'
import {outdated, type Segment, spanMs} from './segments.ts'
import {thin} from './thin.ts'

/** Thins the segments that are over, and deletes what has had its time. */
export const tidy = async (options: {
  readonly folder: HistoryFolder
  readonly log: Log
  readonly mostBytes: number
  /** The sequence of the one that still grows. */
  readonly growing: number | undefined
}): Promise<void> => {
  const {folder, log, mostBytes, growing} = options
  for (const segment of folder.segments()) {
    if (!segment.isFinished && segment.sequence !== growing) await finish(folder, segment, log)
  }
  for (const file of outdated(folder.segments(), mostBytes)) await folder.remove(file)
}

const finish = async (folder: HistoryFolder, segment: Segment, log: Log): Promise<void> => {
  const seconds = segment.files[0]
  const {rows, isDamaged} = (await folder.read(seconds)) ?? {rows: [], isDamaged: false}
  if (isDamaged) {
    log.warn(
      `The thermal log from ${new Date(segment.startMs).toISOString()} on has a torn end, as a power cut leaves it: ${rows.length} rows are kept, what followed is lost.`,
    )
  }
  const last = rows.at(-1)
  if (!last) return folder.remove(seconds)
  const {sequence, startMs} = segment
  // The minutes come last: with them the segment counts as finished.
  for (const resolution of ['10s', '1min'] as const) {
    const file = {sequence, startMs, endMs: last.atMs, resolution}
    await folder.writeWhole(file, thin(rows, spanMs[resolution]))
  }
}
