import type {Row} from './row.ts'

/** Rows that come together; `startMs` is not after the first of them. */
export type Source = {readonly startMs: number; readonly load: () => Promise<readonly Row[]>}

/** The rows of all sources by time. A source is loaded only when its time has come. */
export async function* inOrder(sources: readonly Source[]): AsyncGenerator<Row, void, undefined> {
  const byStart = sources.toSorted((a, b) => a.startMs - b.startMs)
  // Segments overlap where the clock was set back.
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
