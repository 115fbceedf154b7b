import assert from 'node:assert/strict'
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'
import {gunzipSync} from 'node:zlib'
import fc from 'fast-check'
import {type Log, silentLog} from '../../../src/daemon/base/log.ts'
import {openHistory} from '../../../src/daemon/history/history.ts'
import type {Row} from '../../../src/daemon/history/row.ts'
import {hourMs, type Resolution} from '../../../src/daemon/history/segments.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {plainRow, worstRow} from '../../fixtures/history-rows.ts'

const noon = Date.UTC(2026, 10, 23, 12)

const open = (folder: string, log: Log = silentLog) => openHistory({folder, log})

const all = async (rows: AsyncIterable<Row>): Promise<readonly Row[]> => {
  const found: Row[] = []
  for await (const row of rows) found.push(row)
  return found
}

const timesOf = (rows: readonly Row[]) => rows.map(({atMs}) => (atMs - noon) / 1000)

/** A log that has recorded a row at each of `seconds` after noon, and was closed. */
const recorded = async (folder: string, seconds: readonly number[]) => {
  const history = await open(folder)
  for (const [index, second] of seconds.entries()) {
    history.write(worstRow(noon + second * 1000))
    if (index % 10 === 9) await history.flush()
  }
  await history.close()
}

const range = (from: number, to: number) => Array.from({length: to - from}, (_, i) => from + i)

const warnings = (): {readonly log: Log; readonly said: string[]} => {
  const said: string[] = []
  return {log: {...silentLog, warn: (message) => said.push(message)}, said}
}

test('what was recorded is read back as it was, also what is not yet in a file', async (t) => {
  const history = await open(temporaryFolder(t))
  const rows = range(0, 25).map((second) => worstRow(noon + second * 1000))
  for (const row of rows) history.write(row)
  assert.deepEqual(await all(history.rows(noon, noon + 25_000)), rows)
  await history.flush()
  assert.deepEqual(await all(history.rows(noon, noon + 25_000)), rows)
  assert.deepEqual(timesOf(await all(history.rows(noon + 3_000, noon + 7_000))), [3, 4, 5, 6])
  await history.close()
})

test('rows go to their file by ten, and any gunzip reads it', async (t) => {
  const folder = temporaryFolder(t)
  const history = await open(folder)
  for (const second of range(0, 9)) history.write(worstRow(noon + second * 1000))
  await sleep(50)
  assert.deepEqual(readdirSync(folder), [])
  history.write(worstRow(noon + 9000))
  while (readdirSync(folder).length === 0) await sleep(5)
  for (const second of range(10, 15)) history.write(worstRow(noon + second * 1000))
  await history.close()
  const text = gunzipSync(readFileSync(join(folder, readdirSync(folder)[0] ?? ''))).toString()
  const lines = text.trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).at_ms),
    range(0, 15).map((second) => noon + second * 1000),
  )
})

test('an hour that would be too large goes on in means of ten seconds', async (t) => {
  const history = await open(temporaryFolder(t))
  const noisy = (seed: number) => (Math.imul(seed, 0x9e3779b1) >>> 8) / 100
  const manyRails = (second: number) =>
    Object.fromEntries(range(0, 2000).map((rail) => [`r${rail}`, noisy(2000 * second + rail)]))
  for (const second of range(0, 300)) {
    history.write(plainRow(noon + second * 1000, {powersW: manyRails(second)}))
    if (second % 10 === 9) await history.flush()
  }
  const rows = await all(history.rows(noon, noon + hourMs))
  assert.equal(
    rows.reduce((sum, row) => sum + row.readings, 0),
    300,
  )
  assert.equal(rows.at(-1)?.readings, 10)
  await history.close()
})

test('an hour that is over is there by seconds, by 10 s and by minutes', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(folder, [...range(3480, 3600), 3600])
  const history = await open(folder)
  await history.flush()
  const count = async (resolution: Resolution) =>
    (await all(history.rows(noon, noon + hourMs, resolution))).length
  assert.deepEqual([await count('1s'), await count('10s'), await count('1min')], [120, 12, 2])
  const kinds = readdirSync(folder).map((name) => name.split('.')[1])
  assert.deepEqual(kinds.sort(), ['10s', '10s', '1min', '1min', '1s', '1s'])
  await history.close()
})

test('seconds that are no longer kept are answered by what is', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(
    folder,
    range(0, 4 * 360).map((i) => i * 10),
  )
  const history = await open(folder)
  await history.flush()
  const rows = await all(history.rows(noon, noon + hourMs, '1s'))
  assert.ok(rows.every((row) => row.temperaturesMaxC !== undefined))
  assert.equal(
    rows.reduce((sum, row) => sum + row.readings, 0),
    360,
  )
  await history.close()
})

test('after a restart the log goes on', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(folder, range(0, 15))
  await recorded(folder, range(20, 35))
  const history = await open(folder)
  const expected = [...range(0, 15), ...range(20, 35)]
  assert.deepEqual(timesOf(await all(history.rows(noon, noon + hourMs))), expected)
  await history.flush()
  assert.deepEqual(timesOf(await all(history.rows(noon, noon + hourMs))), expected)
  await history.close()
})

/** A power cut after 40 rows, of which the last ten were in the middle of being written. */
const cutOff = async (folder: string, damage: (file: string, bytes: number) => void) => {
  const history = await open(folder)
  for (const second of range(0, 30)) history.write(worstRow(noon + second * 1000))
  await history.flush()
  const file = join(folder, readdirSync(folder)[0] ?? '')
  const bytes = readFileSync(file).length
  for (const second of range(30, 40)) history.write(worstRow(noon + second * 1000))
  await history.flush()
  damage(file, bytes)
}

const damages: Readonly<Record<string, (file: string, bytes: number) => void>> = {
  'cut off in the middle': (file, bytes) => truncateSync(file, bytes + 200),
  'cut off between two writes': (file, bytes) => truncateSync(file, bytes),
  'zeros at its end': (file, bytes) => {
    const content = readFileSync(file)
    writeFileSync(file, content.fill(0, bytes))
  },
  'rubbish at its end': (file, bytes) => {
    truncateSync(file, bytes)
    appendFileSync(file, 'rubbish'.repeat(100))
  },
}

for (const [name, damage] of Object.entries(damages)) {
  test(`a file with ${name} loses no more than its last ten rows, and is told of once`, async (t) => {
    const folder = temporaryFolder(t)
    await cutOff(folder, damage)
    const {log, said} = warnings()
    for (const _ of [1, 2]) {
      const history = await open(folder, log)
      await history.flush()
      const times = timesOf(await all(history.rows(noon, noon + hourMs, '1s')))
      assert.ok(times.length >= 30 && times.length < 40, `${times.length} rows`)
      assert.deepEqual(times, range(0, times.length))
      await history.close()
    }
    assert.equal(said.length, name === 'cut off between two writes' ? 0 : 1, said.join('\n'))
    for (const line of said)
      assert.match(line, /has a torn end, as a power cut leaves it: \d+ rows/)
  })
}

test('a file that was cut off anywhere is readable up to there', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(folder, range(0, 40))
  const file = join(folder, readdirSync(folder)[0] ?? '')
  const whole = readFileSync(file)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), async (bytes) => {
      const other = temporaryFolder(t)
      writeFileSync(join(other, readdirSync(folder)[0] ?? ''), whole.subarray(0, bytes))
      const history = await open(other)
      const rows = await all(history.rows(noon, noon + hourMs))
      await history.close()
      assert.deepEqual(timesOf(rows), range(0, rows.length))
    }),
    {numRuns: 40},
  )
})

test('a boot in 1970, a jump to now and a clock set back cost nothing', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(folder, range(-7200, -7000))
  const history = await open(folder)
  for (const second of range(0, 12)) history.write(plainRow(second * 1000))
  for (const second of range(0, 30)) history.write(plainRow(noon + second * 1000))
  // Set back by ten seconds, then ahead by 75 years and back.
  for (const second of range(20, 40)) history.write(plainRow(noon + second * 1000 + 500))
  const ahead = Date.UTC(2101, 0, 1)
  for (const second of range(0, 20)) history.write(plainRow(ahead + second * 1000))
  for (const second of range(40, 50)) history.write(plainRow(noon + second * 1000))
  await history.flush()
  assert.equal((await all(history.rows(0, hourMs))).length, 12)
  assert.equal((await all(history.rows(ahead, ahead + hourMs))).length, 20)
  assert.equal((await all(history.rows(noon - 2 * hourMs, noon - hourMs, '1s'))).length, 200)
  const expected = [
    ...range(0, 30),
    ...range(20, 40).map((second) => second + 0.5),
    ...range(40, 50),
  ].sort((a, b) => a - b)
  assert.deepEqual(timesOf(await all(history.rows(noon, noon + hourMs))), expected)
  await history.close()
})

test('a clock that jumps ahead by years deletes nothing', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(folder, range(0, 50))
  for (const year of [2030, 2040, 2035]) {
    const history = await open(folder)
    history.write(plainRow(Date.UTC(year, 0, 1)))
    await history.close()
  }
  const history = await open(folder)
  await history.flush()
  assert.deepEqual(timesOf(await all(history.rows(noon, noon + hourMs, '1s'))), range(0, 50))
  await history.close()
})

test('the last hour is read from a few files, however many there are', async (t) => {
  const folder = temporaryFolder(t)
  await recorded(
    folder,
    range(0, 6 * 60).map((i) => i * 60),
  )
  const history = await open(folder)
  await history.flush()
  // What is not needed may be rubbish: it is not even looked at.
  for (const name of readdirSync(folder)) {
    if (Number(name.split(/[-.]/)[1]) < noon + 4 * hourMs) writeFileSync(join(folder, name), '')
  }
  const rows = await all(history.rows(noon + 5 * hourMs, noon + 6 * hourMs))
  assert.deepEqual(
    timesOf(rows),
    range(300, 360).map((i) => i * 60),
  )
  await history.close()
})

test('no more than six orders a minute are kept, at every resolution', async (t) => {
  const folder = temporaryFolder(t)
  const first = await open(folder)
  for (const second of range(0, 180)) {
    const atMs = noon + second * 1000
    const order = {atMs, pace: {microBatch: 8, duty: 0.5}, reason: `order of ${second}`}
    first.write(plainRow(atMs, {orders: [order]}))
  }
  await first.close()
  const history = await open(folder)
  await history.flush()
  const expected = [0, 60, 120].flatMap((minute) =>
    range(minute, minute + 6).map((second) => `order of ${second}`),
  )
  for (const resolution of ['1s', '10s', '1min'] as const) {
    const rows = await all(history.rows(noon, noon + hourMs, resolution))
    assert.deepEqual(
      rows.flatMap((row) => row.orders.map(({reason}) => reason)),
      expected,
    )
  }
  await history.close()
})

test('a disk that refuses the log is told once, and nothing else stops', async (t) => {
  const folder = join(temporaryFolder(t), 'file')
  writeFileSync(folder, '')
  const {log, said} = warnings()
  const history = await open(folder, log)
  for (const second of range(0, 40)) history.write(plainRow(noon + second * 1000))
  assert.deepEqual(await all(history.rows(noon, noon + hourMs)), [])
  await history.close()
  assert.equal(said.length, 1)
  assert.match(said[0] ?? '', /^The thermal log cannot be written: /)
})

test('a disk that refuses for a while is told of, and then the log goes on', async (t) => {
  const folder = join(temporaryFolder(t), 'log')
  const {log, said} = warnings()
  const history = await open(folder, log)
  const write = async (from: number, to: number) => {
    for (const second of range(from, to)) history.write(plainRow(noon + second * 1000))
    await history.flush()
  }
  const times = async () => timesOf(await all(history.rows(noon, noon + hourMs)))
  await write(0, 10)
  renameSync(folder, `${folder}-away`)
  writeFileSync(folder, '')
  await write(10, 20)
  await write(20, 30)
  assert.equal(said.length, 1)
  rmSync(folder)
  renameSync(`${folder}-away`, folder)
  await write(30, 40)
  assert.deepEqual(await times(), [...range(0, 10), ...range(30, 40)])
  await history.close()
  assert.equal(said.length, 1)
})

test('somebody who clears the logs costs ten rows more', async (t) => {
  const folder = temporaryFolder(t)
  const history = await open(folder)
  for (const from of [0, 10, 20]) {
    for (const second of range(from, from + 10)) history.write(plainRow(noon + second * 1000))
    await history.flush()
    if (from === 0) rmSync(folder, {recursive: true})
  }
  assert.deepEqual(timesOf(await all(history.rows(noon, noon + hourMs))), range(20, 30))
  await history.close()
})

test('any range holds exactly its rows, in order, whatever the clock did', async (t) => {
  const step = fc.oneof(
    {weight: 8, arbitrary: fc.integer({min: 1, max: 3})},
    fc.integer({min: -200, max: 5000}),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, {minLength: 1, maxLength: 80}),
      fc.nat(80),
      fc.integer({min: -100, max: 9000}),
      fc.integer({min: 1, max: 9000}),
      async (stepsOfClock, restartAt, from, length) => {
        const folder = temporaryFolder(t)
        let history = await open(folder)
        let second = 0
        const written: number[] = []
        for (const [index, ahead] of stepsOfClock.entries()) {
          second += ahead
          written.push(second)
          history.write(plainRow(noon + second * 1000))
          if (index === restartAt) {
            await history.close()
            history = await open(folder)
          }
        }
        const [fromMs, toMs] = [noon + from * 1000, noon + (from + length) * 1000]
        const inRange = written.filter((one) => one >= from && one < from + length)
        inRange.sort((a, b) => a - b)
        assert.deepEqual(timesOf(await all(history.rows(fromMs, toMs))), inRange)
        await history.flush()
        const [first, last] = [Math.min(...written), Math.max(...written)]
        for (const resolution of ['10s', '1min'] as const) {
          const rows = await all(
            history.rows(noon + first * 1000, noon + last * 1000 + 1, resolution),
          )
          const readings = rows.reduce((sum, row) => sum + row.readings, 0)
          assert.equal(readings, written.length, 'none is lost, none is counted twice')
          assert.deepEqual(
            timesOf(rows),
            timesOf(rows).toSorted((a, b) => a - b),
          )
        }
        await history.close()
      },
    ),
    {numRuns: 40},
  )
})
