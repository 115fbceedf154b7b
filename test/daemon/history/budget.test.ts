/** What months of the log cost an SD card, with more sensors than any Jetson has. */
import assert from 'node:assert/strict'
import {readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {gzipSync} from 'node:zlib'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {linesOf} from '../../../src/daemon/history/folder.ts'
import {type History, openHistory} from '../../../src/daemon/history/history.ts'
import {fileName, hourMs} from '../../../src/daemon/history/segments.ts'
import {thin} from '../../../src/daemon/history/thin.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {worstRow} from '../../fixtures/history-rows.ts'

const startMs = Date.UTC(2026, 8, 1)
/** The most that a write costs beyond its bytes: a block of 4 KiB that it fills only in part. */
const blockBytes = 4096

const record = async (history: History, fromMs: number, seconds: number) => {
  for (let second = 0; second < seconds; second++) {
    history.write(worstRow(fromMs + second * 1000))
    if (second % 10 === 9) await history.flush()
  }
}

const readsItsOwnCounters = {skip: process.platform !== 'linux'}

test(
  'a day of one row a second writes less than 50 MB, even in whole blocks',
  readsItsOwnCounters,
  async (t) => {
    const history = await openHistory({folder: temporaryFolder(t), log: silentLog})
    // Three hours stand for the day: each hour is a segment of its own.
    const before = writtenBytes()
    await record(history, startMs, 3 * 3600)
    await history.close()
    const dayBytes = 8 * (writtenBytes() - before)
    const writes = 86_400 / 10 + 24 * 2
    const blocksBytes = dayBytes + writes * blockBytes
    t.diagnostic(`${megabytes(dayBytes)} a day, ${megabytes(blocksBytes)} in blocks of 4 KiB`)
    assert.ok(blocksBytes < 50e6, `${blocksBytes} bytes`)
  },
)

/** The first and the last second of an hour stand for it: what is deleted goes by the time between them. */
const endsOf = (hour: number) => [
  worstRow(startMs + hour * hourMs),
  worstRow(startMs + (hour + 1) * hourMs - 1000),
]

test('after months the disk holds an hour of seconds, a day of 10 s and 90 days of minutes: far less than 200 MB', async (t) => {
  const folder = temporaryFolder(t)
  const olderHours = 84 * 24
  const hours = 94 * 24
  // A box that has already run for twelve weeks; then ten days as it goes on.
  for (let hour = 0; hour < olderHours; hour++) {
    const rows = endsOf(hour)
    const file = {
      sequence: hour + 1,
      startMs: rows[0].atMs,
      endMs: rows[1].atMs,
      resolution: '1min',
    } as const
    writeFileSync(join(folder, fileName(file)), gzipSync(linesOf(thin(rows, 60_000))))
  }
  const history = await openHistory({folder, log: silentLog})
  for (let hour = olderHours; hour < hours - 2; hour++) {
    for (const row of endsOf(hour)) history.write(row)
    await history.flush()
  }
  await record(history, startMs + (hours - 2) * hourMs, 2 * 3600)
  history.write(worstRow(startMs + hours * hourMs))
  await history.close()

  const files = readdirSync(folder).map((name) => ({
    bytes: statSync(join(folder, name)).size,
    kind: name.split('.')[1] ?? '',
  }))
  const kept = ['1s', '10s', '1min'].map((kind) => {
    const own = files.filter((file) => file.kind === kind)
    const fullHourBytes = Math.max(...own.map(({bytes}) => bytes))
    return {kind, hours: own.length, bytes: own.length * (fullHourBytes + blockBytes)}
  })
  // The hour that has just begun is only there by seconds.
  assert.deepEqual(
    kept.map(({kind, hours}) => [kind, hours]),
    [
      ['1s', 2],
      ['10s', 24],
      ['1min', 90 * 24],
    ],
  )
  const fullBytes = kept.reduce((sum, {bytes}) => sum + bytes, 0)
  t.diagnostic(`${megabytes(fullBytes)} if each of these hours were full`)
  assert.ok(fullBytes < 200e6, `${fullBytes} bytes`)
})

test('where rows are larger than anything known, what is kept stays within its bytes', async (t) => {
  const folder = temporaryFolder(t)
  const history = await openHistory({folder, log: silentLog, mostBytes: 400_000})
  for (let hour = 0; hour < 30; hour++) await record(history, startMs + hour * hourMs, 100)
  await history.close()
  const bytes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
  const allBytes = bytes.reduce((sum, one) => sum + Math.ceil(one / blockBytes) * blockBytes, 0)
  assert.ok(allBytes < 450_000, `${allBytes} bytes`)
  assert.ok(allBytes > 300_000, `${allBytes} bytes`)
})

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

/** What this process has handed to the kernel to write, by the kernel's own count. */
const writtenBytes = (): number =>
  Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
