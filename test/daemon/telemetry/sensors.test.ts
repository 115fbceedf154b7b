import assert from 'node:assert/strict'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {describeReading} from '../../../src/daemon/telemetry/describe.ts'
import type {Reading} from '../../../src/daemon/telemetry/reading.ts'
import {startSampler} from '../../../src/daemon/telemetry/sampler.ts'
import {openSensors} from '../../../src/daemon/telemetry/sensors.ts'
import {overlay, writeNano, writeOrin} from '../../fixtures/device-tree.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const noon = Date.UTC(2026, 10, 23, 12)
const clock = {...systemClock, nowMs: () => noon}

const openNano = async (t: TestContext) => {
  const root = temporaryFolder(t)
  writeNano(root)
  return {root, sensors: await openSensors({sysfsRoot: root, clock})}
}

test('an idle Nano is read without root: what it is and how it is', async (t) => {
  const {sensors} = await openNano(t)
  assert.deepEqual(sensors.machine, {
    model: 'NVIDIA Jetson Nano Developer Kit',
    kind: 'jetson',
    cpu: 'ARMv8 Processor rev 1 (v8l)',
    cores: 4,
    memoryBytes: 4_156_874_752,
    measuresPower: true,
    l4t: '32.7.1',
  })
  assert.deepEqual(await sensors.read(), {
    atMs: noon,
    // Not the PMIC's constant 100 °C.
    temperaturesC: {AO: 31, CPU: 24.5, GPU: 26.5, PLL: 24.5, 'thermal-fan-est': 25.5},
    // Rail-gated: off, not 0 %.
    gpuPower: 'off',
    cpuFrequencyHz: 1326000000,
    memoryTotalBytes: 4059448 * 1024,
    memoryAvailableBytes: 2210124 * 1024,
    swapUsedBytes: 195584 * 1024,
    fanShare: 0,
    powerMode: 'MAXN',
    powersW: {POM_5V_IN: 1.75, POM_5V_GPU: 0, POM_5V_CPU: 0.366},
    voltagesV: {POM_5V_IN: 4.96, POM_5V_GPU: 4.96, POM_5V_CPU: 4.96},
    alarms: [],
  })
})

test('a Nano that trains shows its GPU, its clock and its power', async (t) => {
  const {root, sensors} = await openNano(t)
  overlay(root, 'train-gpu-99')
  const {gpuPower, gpuLoad, gpuFrequencyHz, powersW, temperaturesC} = await sensors.read()
  assert.deepEqual(
    {gpuPower, gpuLoad, gpuFrequencyHz},
    {gpuPower: 'on', gpuLoad: 0.99, gpuFrequencyHz: 921600000},
  )
  assert.equal(powersW.POM_5V_IN, 4.531)
  assert.equal(temperaturesC.GPU, 43)
})

test('CPU load is measured between two readings', async (t) => {
  const {root, sensors} = await openNano(t)
  assert.equal((await sensors.read()).cpuLoad, undefined)
  const stat = join(root, 'proc/stat')
  const [, user = 0] = readFileSync(stat, 'utf8').split(/\s+/).map(Number)
  rmSync(stat)
  writeFileSync(stat, `cpu  ${user + 300} 210 38211 ${1987654 + 100} 3210 0 1450 0 0 0\n`)
  assert.equal((await sensors.read()).cpuLoad, 0.75)
})

test('what the device complains about is said in sentences', async (t) => {
  const {root, sensors} = await openNano(t)
  overlay(root, 'throttled')
  assert.deepEqual((await sensors.read()).alarms, [
    'The CPU is too hot and slows itself down.',
    'The GPU is too hot and slows itself down.',
  ])
  writeNano(join(root, 'other'))
  overlay(join(root, 'other'), 'undervoltage')
  const other = await openSensors({sysfsRoot: join(root, 'other'), clock})
  assert.deepEqual((await other.read()).alarms, [
    'The supply has sagged to 4.63 V of 5 V. Use the barrel jack with 5 V 4 A (jumper J48), or the 5 W mode.',
  ])
})

test('odd answers and vanished files leave gaps, never wrong numbers', async (t) => {
  const {root, sensors} = await openNano(t)
  overlay(root, 'odd-reads')
  const odd = await sensors.read()
  assert.equal(odd.temperaturesC.CPU, undefined)
  assert.equal(odd.gpuLoad, undefined)
  for (const folder of ['sys/bus', 'sys/class', 'proc', 'var']) {
    rmSync(join(root, folder), {recursive: true})
  }
  assert.deepEqual(await sensors.read(), {
    atMs: noon,
    temperaturesC: {},
    cpuFrequencyHz: 1326000000,
    fanShare: 0,
    powersW: {},
    voltagesV: {},
    alarms: [],
  })
})

test('the 5 W mode is known by its name', async (t) => {
  const {root, sensors} = await openNano(t)
  overlay(root, 'mode-5w')
  assert.equal((await sensors.read()).powerMode, '5W')
})

test('an Orin has its rails, zones and fan elsewhere', async (t) => {
  const root = temporaryFolder(t)
  writeOrin(root)
  const sensors = await openSensors({sysfsRoot: root, clock})
  assert.deepEqual([sensors.machine.kind, sensors.machine.l4t], ['jetson', '36.4.3'])
  const {temperaturesC, powersW, fanShare, gpuLoad} = await sensors.read()
  assert.deepEqual(temperaturesC, {CPU: 47.4, GPU: 43, SOC0: 45, SOC1: 44.5, SOC2: 44, TJ: 47.4})
  assert.deepEqual(Object.keys(powersW), ['VDD_IN', 'VDD_CPU_GPU_CV', 'VDD_SOC'])
  assert.ok(Math.abs((powersW.VDD_IN ?? 0) - 4.968 * 0.872) < 1e-9)
  assert.equal(gpuLoad, 0)
  assert.ok(Math.abs((fanShare ?? 0) - 76 / 255) < 1e-9)
})

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

test('a reading is one line with units', async (t) => {
  const {root, sensors} = await openNano(t)
  overlay(root, 'train-gpu-99')
  assert.equal(
    describeReading(await sensors.read()),
    '12:00:00  AO 48.0 °C  CPU 43.5 °C  GPU 43.0 °C  PLL 39.5 °C  thermal-fan-est 43.3 °C  GPU 99 %  GPU clock 922 MHz  memory free 2158 MiB  fan 0 %  POM_5V_IN 4.53 W  POM_5V_GPU 1.26 W  POM_5V_CPU 0.47 W  MAXN',
  )
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
