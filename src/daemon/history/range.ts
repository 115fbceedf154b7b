import type {HistoryFolder} from './folder.ts'
import type {Row} from './row.ts'
import {filesToRead, type Resolution, type Segment, type SegmentFile, spanMs} from './segments.ts'
import {thin} from './thin.ts'

/** Rows that come together; `startMs` is not after the first of them. */
export type Source = {readonly startMs: number; readonly load: () => Promise<readonly Row[]>}

/** The rows of all sources by time. A source is loaded only when its time has come. */
export async function* inOrder(sources: readonly Source[]): AsyncGenerator<Row, void, undefined> {
  const byStart = sources.toSorted((a, b) => a.startMs - b.startMs)
  // Sources overlap where the clock was set back.
  let held: readonly Row[] = []
  for (const [index, source] of byStart.entries()) {
    held = [...held, ...(await source.load())].sort((a, b) => a.atMs - b.atMs)
    const nextMs = byStart[index + 1]?.startMs ?? Number.POSITIVE_INFINITY
    const later = held.findIndex((row) => row.atMs >= nextMs)
    const ready = later === -1 ? held.length : later
    yield* held.slice(0, ready)
    held = held.slice(ready)
  }
}

/**
 * The rows of a segment, thinned to `resolution` where they are finer, `more` after those of its file. Files may have
 * had their time since `segment` was looked up: by now there are others.
 */
export const loadSegment = async (
  folder: HistoryFolder,
  segment: Segment,
  resolution: Resolution,
  more: readonly Row[],
): Promise<readonly Row[]> => {
  const readFirst = async (files: readonly SegmentFile[]) => {
    for (const file of files) {
      const found = await folder.read(file)
      if (found) return {rows: found.rows, resolution: file.resolution}
    }
    return undefined
  }
  const latest = () => folder.segments().filter(({sequence}) => sequence === segment.sequence)
  const found =
    (await readFirst(filesToRead(segment, resolution))) ??
    (await readFirst(latest().flatMap((one) => filesToRead(one, resolution))))
  return found ? thinned([...found.rows, ...more], found.resolution, resolution) : more
}

export const thinned = (rows: readonly Row[], from: Resolution, to: Resolution): readonly Row[] =>
  spanMs[from] < spanMs[to] ? thin(rows, spanMs[to]) : rows
