import assert from 'node:assert/strict'
import {appendFileSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {silentLog} from '../../../src/daemon/base/log.ts'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {readingJson} from '../../../src/daemon/telemetry/reading-json.ts'
import {startSampler} from '../../../src/daemon/telemetry/sampler.ts'
import {openSensors} from '../../../src/daemon/telemetry/sensors.ts'
import {openTelemetryLog} from '../../../src/daemon/telemetry/telemetry-log.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

test('this very machine can be read, and every number makes sense', async () => {
  const sensors = await openSensors({sysfsRoot: '/', clock: systemClock})
  assert.ok(sensors.machine.cores >= 1)
  await sensors.read()
  const reading = await sensors.read()
  assert.ok((reading.memoryAvailableBytes ?? 0) > 0)
  assert.ok((reading.memoryTotalBytes ?? 0) >= (reading.memoryAvailableBytes ?? 0))
  for (const temperatureC of Object.values(reading.temperaturesC)) {
    assert.ok(temperatureC > -40 && temperatureC < 130)
  }
})

const reading = (atMs: number): Reading => ({
  atMs,
  temperaturesC: {},
  powersW: {},
  voltagesV: {},
  alarms: [],
})

test('the sampler reads once a second, never two at once, and stops in the middle of a rest', async () => {
  const seen: number[] = []
  let reads = 0
  await new Promise<void>((resolve) => {
    const sampler = startSampler({
      sensors: {
        machine: {
          model: '',
          kind: 'other',
          cpu: '',
          cores: 1,
          memoryBytes: 0,
          measuresPower: false,
        },
        read: () => Promise.resolve(reading(reads++)),
      },
      onReading: ({atMs}) => {
        seen.push(atMs)
        if (seen.length === 2) void sampler.stop().then(resolve)
      },
    })
  })
  assert.deepEqual(seen, [0, 1])
})

const linesOf = (file: string): readonly number[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).at_ms)

test('the telemetry log rotates, keeps so many files, and loses nothing of the newest', async (t) => {
  const folder = temporaryFolder(t)
  const size = JSON.stringify(readingJson(reading(100))).length + 1
  const log = openTelemetryLog({folder, log: silentLog, maxFileBytes: 25 * size, filesKept: 3})
  for (let at = 100; at < 205; at++) log.write(reading(at))
  await log.close()
  const files = readdirSync(folder).sort()
  assert.deepEqual(files, ['telemetry.1.ndjson', 'telemetry.2.ndjson', 'telemetry.ndjson'])
  const kept = ['telemetry.2.ndjson', 'telemetry.1.ndjson', 'telemetry.ndjson'].flatMap((file) =>
    linesOf(join(folder, file)),
  )
  assert.deepEqual(
    kept,
    Array.from({length: kept.length}, (_, i) => 204 - kept.length + 1 + i),
  )
  assert.ok(kept.length >= 40)
})

test('a log goes on after a restart', async (t) => {
  const folder = temporaryFolder(t)
  for (const at of [1, 2]) {
    const log = openTelemetryLog({folder, log: silentLog})
    log.write(reading(at))
    await log.close()
  }
  assert.deepEqual(linesOf(join(folder, 'telemetry.ndjson')), [1, 2])
})

test('a disk that refuses the log is told once, and nothing else stops', async (t) => {
  const folder = join(temporaryFolder(t), 'file')
  appendFileSync(folder, '')
  const warnings: string[] = []
  const log = openTelemetryLog({
    folder,
    log: {...silentLog, warn: (message) => warnings.push(message)},
  })
  for (let at = 0; at < 40; at++) log.write(reading(at))
  await log.close()
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^The telemetry log cannot be written: /)
})
