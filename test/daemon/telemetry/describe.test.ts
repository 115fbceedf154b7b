import assert from 'node:assert/strict'
import {test} from 'node:test'
import {describeMachine, describeReading} from '../../../src/daemon/telemetry/describe.ts'
import {openBoard} from '../../../src/daemon/telemetry/sysfs.ts'
import {boardFiles, overlayChange} from '../../fixtures/device-tree.ts'

const clock = {nowMs: () => Date.UTC(2026, 10, 23, 12), monotonicMs: () => 0}

test('a machine is one line', () => {
  assert.equal(
    describeMachine(openBoard(boardFiles('nano'), clock).machine()),
    'NVIDIA Jetson Nano Developer Kit, L4T 32.7.1, 4 cores, 3.9 GiB',
  )
})

test('a reading in full has a line for each kind of sensors, with units', () => {
  const board = openBoard(boardFiles('nano', overlayChange('throttled')), clock)
  assert.deepEqual(describeReading(board.read()), [
    'time          12:00:00',
    'temperatures  AO 31.0 °C, CPU 97.5 °C, GPU 98.0 °C, PLL 24.5 °C, thermal-fan-est 25.5 °C',
    'CPU           1479 MHz',
    'GPU           off',
    'memory        2158 of 3964 MiB available, the GPU holds 64 MiB, bus 1 %',
    'swap          191 of 1982 MiB, compressed to 50 MiB of memory',
    'power         POM_5V_IN 1.75 W 4.96 V 0.35 A, POM_5V_GPU 0.00 W 4.96 V 0.00 A, POM_5V_CPU 0.37 W 4.96 V 0.07 A',
    'fan           0 %',
    'power mode    MAXN',
    'cooling       gpu-balanced 12, cpu-throttle-alert 1, gpu-throttle-alert 1',
    'alarm         The CPU is too hot and slows itself down.',
    'alarm         The GPU is too hot and slows itself down.',
  ])
})

test('what was not measured is left out, and what failed is named', () => {
  const reading = {
    atMs: clock.nowMs(),
    temperaturesC: {},
    powersW: {},
    voltagesV: {},
    unavailable: {'CPU-therm': 'is gone'},
    alarms: [],
  }
  assert.deepEqual(describeReading(reading), [
    'time          12:00:00',
    'unavailable   CPU-therm is gone',
  ])
})
