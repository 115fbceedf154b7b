import assert from 'node:assert/strict'
import {test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {startSampler} from '../../../src/daemon/telemetry/sampler.ts'
import {openSensors} from '../../../src/daemon/telemetry/sensors.ts'

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
