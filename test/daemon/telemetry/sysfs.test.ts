import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {openDeviceFiles} from '../../../src/daemon/telemetry/device-files.ts'
import {type Board, openBoard} from '../../../src/daemon/telemetry/sysfs.ts'
import {
  boardFiles,
  type Change,
  overlay,
  overlayChange,
  writeBoard,
  writeNano,
} from '../../fixtures/device-tree.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const noon = Date.UTC(2026, 10, 23, 12)

const heldClock = () => {
  let monotonicMs = 0
  return {
    nowMs: () => noon,
    monotonicMs: () => monotonicMs,
    pass: (ms: number) => {
      monotonicMs += ms
    },
  }
}

/** A recorded Nano in a folder. */
const openNano = (t: TestContext) => {
  const root = temporaryFolder(t)
  writeNano(root)
  const clock = heldClock()
  const write = (path: string, content: string) => {
    rmSync(join(root, path), {force: true})
    writeFileSync(join(root, path), content)
  }
  return {root, clock, write, board: openBoard(openDeviceFiles(root), clock)}
}

/** A recorded Nano in memory, as a user without rights sees it, with one of its overlays. */
const nanoWith = (name: string): Board =>
  openBoard(boardFiles('nano', overlayChange(name)), heldClock())

const idleNano = {
  atMs: noon,
  // Not the PMIC's constant 100 °C.
  temperaturesC: {AO: 31, CPU: 24.5, GPU: 26.5, PLL: 24.5, 'thermal-fan-est': 25.5},
  cpuFrequencyHz: 1479000000,
  // Rail-gated: off, not 0 %.
  gpuPower: 'off',
  memoryTotalBytes: 4059448 * 1024,
  memoryAvailableBytes: 2210124 * 1024,
  swapTotalBytes: 2029720 * 1024,
  swapUsedBytes: 195584 * 1024,
  gpuMemoryBytes: 65536 * 1024,
  zramUsedBytes: 52019200,
  emcLoad: 0.0075,
  fanShare: 0,
  powerMode: 'MAXN',
  powersW: {POM_5V_IN: 1.75, POM_5V_GPU: 0, POM_5V_CPU: 0.366},
  voltagesV: {POM_5V_IN: 4.96, POM_5V_GPU: 4.96, POM_5V_CPU: 4.96},
  currentsA: {POM_5V_IN: 0.353, POM_5V_GPU: 0, POM_5V_CPU: 0.073},
  alarms: [],
}

test('an idle Nano in its 10 W mode: what it is and how it is', (t) => {
  const {board} = openNano(t)
  assert.deepEqual(board.machine(), {
    model: 'NVIDIA Jetson Nano Developer Kit',
    kind: 'jetson',
    cpu: 'ARMv8 Processor rev 1 (v8l)',
    cores: 4,
    memoryBytes: 4_156_874_752,
    measuresPower: true,
    // Of its processors; the PLL zone has one at 70 °C, which slows nothing down.
    passiveTripC: 97,
    gpuFrequenciesHz: [
      76800000, 153600000, 230400000, 307200000, 384000000, 460800000, 537600000, 614400000,
      691200000, 768000000, 844800000, 921600000,
    ],
    l4t: '32.7.1',
  })
  assert.deepEqual(board.read(), idleNano)
})

test('no root is needed: with the permission bits of the device all is read', (t) => {
  assert.deepEqual(openBoard(boardFiles('nano'), heldClock()).read(), idleNano)
  const {root, board} = openNano(t)
  chmodSync(root, 0o755)
  // Root may read whatever the bits say: become nobody, for as long as it takes.
  const {geteuid, seteuid} = process
  const isRoot = geteuid?.() === 0
  if (isRoot) seteuid?.(65534)
  try {
    assert.deepEqual(board.read(), idleNano)
  } finally {
    if (isRoot) seteuid?.(0)
  }
})

test('a Nano that trains shows its GPU, its clocks and its power', () => {
  const {
    gpuPower,
    gpuLoad,
    gpuFrequencyHz,
    gpuMaxFrequencyHz,
    gpuGovernor,
    powersW,
    temperaturesC,
  } = nanoWith('train-gpu-99').read()
  assert.deepEqual(
    {gpuPower, gpuLoad, gpuFrequencyHz, gpuMaxFrequencyHz, gpuGovernor},
    {
      gpuPower: 'on',
      gpuLoad: 0.99,
      gpuFrequencyHz: 921600000,
      gpuMaxFrequencyHz: 921600000,
      gpuGovernor: 'nvhost_podgov',
    },
  )
  assert.equal(powersW.POM_5V_IN, 4.531)
  assert.equal(temperaturesC.GPU, 43)
})

test('the 5 W mode is known by its name, and cores that it switches off have no clock', () => {
  const {powerMode, cpuFrequencyHz, unavailable} = nanoWith('mode-5w').read()
  assert.deepEqual([powerMode, cpuFrequencyHz, unavailable], ['5W', 921600000, undefined])
})

test('what the device complains about is said in sentences', () => {
  const throttled = nanoWith('throttled').read()
  assert.deepEqual(throttled.alarms, [
    'The CPU is too hot and slows itself down.',
    'The GPU is too hot and slows itself down.',
  ])
  assert.deepEqual(throttled.coolingStates, {
    'gpu-balanced': 12,
    'cpu-throttle-alert': 1,
    'gpu-throttle-alert': 1,
  })
  assert.deepEqual(nanoWith('hot-surface').read().alarms, [
    'The heat sink is too hot to touch (above 70 °C).',
  ])
  assert.deepEqual(nanoWith('undervoltage').read().alarms, [
    'The supply has sagged to 4.63 V of 5 V. Use the barrel jack with 5 V 4 A (jumper J48), or the 5 W mode.',
  ])
})

test('an over-current event is an alarm for a minute', () => {
  for (const [kind, count] of [
    ['nano', 1],
    ['orin', 2],
  ] as const) {
    let isOver = false
    const change = overlayChange('over-current', kind)
    const clock = heldClock()
    const board = openBoard(
      boardFiles(kind, (path) => (isOver ? change(path) : undefined)),
      clock,
    )
    assert.deepEqual(board.read().alarms, [])
    isOver = true
    const {alarms} = board.read()
    assert.equal(alarms.length, count)
    assert.equal(
      alarms.at(-1),
      'The board has braked itself because it drew too much current. Check the supply.',
    )
    isOver = false
    assert.equal(board.read().alarms.length, 1)
    clock.pass(60_000)
    assert.deepEqual(board.read().alarms, [])
  }
})

test('CPU load is measured between two readings', (t) => {
  const {write, board} = openNano(t)
  assert.equal(board.read().cpuLoad, undefined)
  write('proc/stat', `cpu  ${120345 + 300} 210 38211 ${1987654 + 100} 3210 0 1450 0 0 0\n`)
  assert.equal(board.read().cpuLoad, 0.75)
})

test('a sensor that vanishes, is forbidden or prints rubbish is unavailable, with the reason', () => {
  const zone = (n: number) => `/sys/class/thermal/thermal_zone${n}/temp`
  let changes: ReadonlyMap<string, Change> = new Map()
  const board = openBoard(
    boardFiles('nano', (path) => changes.get(path)),
    heldClock(),
  )
  board.read()
  changes = new Map<string, Change>([
    [zone(0), 'missing'],
    [zone(1), 'denied'],
    [zone(2), {content: '99999999\n'}],
    [zone(3), {content: ''}],
    [zone(5), 'folder'],
    ['/proc/meminfo', {content: '\u0000\u0001rub\u0007bish'}],
    ['/sys/bus/i2c/devices/6-0040/iio:device0/in_power0_input', {content: '-256000\n'}],
  ])
  for (let i = 0; i < 2; i++) {
    const {temperaturesC, memoryAvailableBytes, powersW, unavailable} = board.read()
    assert.deepEqual(temperaturesC, {})
    assert.equal(memoryAvailableBytes, undefined)
    assert.equal(powersW.POM_5V_IN, undefined)
    assert.deepEqual(unavailable, {
      'AO-therm': 'is gone',
      'CPU-therm': 'may not be read by this user',
      'GPU-therm': 'says "99999999"',
      'PLL-therm': 'says nothing',
      'thermal-fan-est': 'is a folder, not a file',
      memory: 'says "rub bish"',
      'POM_5V_IN power': 'says "-256000"',
    })
  }
  changes = new Map()
  assert.deepEqual(board.read(), idleNano)
})

test('a sensor that was never there is absent, and no reason is given', () => {
  const {memoryPressure, fanRpm, unavailable} = openBoard(boardFiles('nano'), heldClock()).read()
  // Kernel 4.9 knows no pressure, and the Nano's tachometer is off.
  assert.deepEqual([memoryPressure, fanRpm, unavailable], [undefined, undefined, undefined])
  // Zones of an Orin that are switched off.
  assert.equal(openBoard(boardFiles('orin'), heldClock()).read().unavailable, undefined)
})

test('odd answers from the start leave gaps with a reason, never wrong numbers', () => {
  const odd = nanoWith('odd-reads').read()
  assert.equal(odd.temperaturesC.CPU, undefined)
  assert.equal(odd.gpuLoad, undefined)
})

test('whole folders that vanish end no reading', (t) => {
  const {root, board} = openNano(t)
  board.read()
  for (const folder of ['sys/bus', 'sys/class', 'proc', 'var', 'sys/block', 'sys/kernel']) {
    rmSync(join(root, folder), {recursive: true})
  }
  const {unavailable, ...rest} = board.read()
  assert.deepEqual(rest, {
    atMs: noon,
    temperaturesC: {},
    cpuFrequencyHz: 1479000000,
    // Without its clocks the GPU is known by its other place.
    gpuPower: 'off',
    fanShare: 0,
    powersW: {},
    voltagesV: {},
    alarms: [],
  })
  for (const name of ['CPU-therm', 'POM_5V_IN power', 'memory', 'CPU load', 'power mode']) {
    assert.equal(unavailable?.[name], 'is gone', name)
  }
  // The next search does not find them, and they are not forgotten.
  assert.equal(board.read().unavailable?.['CPU-therm'], 'is gone')
})

test('sensors that come late are found, and zones whose numbers change are the same zones', (t) => {
  const {root, write, board} = openNano(t)
  const thermal = join(root, 'sys/class/thermal')
  board.read()
  mkdirSync(join(thermal, 'thermal_zone6'))
  write('sys/class/thermal/thermal_zone6/type', 'iwlwifi\n')
  write('sys/class/thermal/thermal_zone6/temp', '41000\n')
  assert.equal(board.read().temperaturesC.iwlwifi, 41)
  renameSync(join(thermal, 'thermal_zone1'), join(thermal, 'thermal_zone9'))
  const {temperaturesC, unavailable} = board.read()
  assert.equal(temperaturesC.CPU, 24.5)
  assert.equal(unavailable, undefined)
})

test('rails whose names may not be read are left out', () => {
  const board = openBoard(
    boardFiles('xavier', (path) => (path.includes('of_node') ? 'missing' : undefined)),
    heldClock(),
  )
  assert.deepEqual(board.read().powersW, {})
})

test('a GPU is found by any of its names', (t) => {
  for (const name of [
    '57000000.gpu',
    '17000000.gp10b',
    '17000000.gv11b',
    '17000000.ga10b',
    '17000000.gpu',
  ]) {
    const root = temporaryFolder(t)
    const folder = `sys/class/devfreq/${name}`
    mkdirSync(join(root, folder, 'device'), {recursive: true})
    mkdirSync(join(root, 'sys/class/devfreq/54340000.vic/device'), {recursive: true})
    writeFileSync(join(root, folder, 'cur_freq'), '306000000\n')
    writeFileSync(join(root, folder, 'device/load'), '456\n')
    const {gpuLoad, gpuFrequencyHz} = openBoard(openDeviceFiles(root), heldClock()).read()
    assert.deepEqual([gpuLoad, gpuFrequencyHz], [0.456, 306000000], name)
  }
})

test('a file full of blanks, or of anything else, is read only in part', (t) => {
  const {write, board} = openNano(t)
  board.read()
  write('proc/meminfo', `${' \n'.repeat(2 ** 20)}x`)
  write('proc/interrupts', `${'1: 2 3 4\n'.repeat(2 ** 18)}x`)
  write('proc/stat', 'x'.repeat(2 ** 22))
  const {unavailable} = board.read()
  assert.equal(unavailable?.memory, 'says nothing')
  assert.equal(unavailable?.['CPU load'], `says "${'x'.repeat(24)}…"`)
})

test('a pipe in place of a sensor holds nobody up', (t) => {
  const {root, board} = openNano(t)
  board.read()
  const pipe = join(root, 'sys/class/thermal/thermal_zone1/temp')
  rmSync(pipe)
  execFileSync('mkfifo', [pipe])
  const {temperaturesC, unavailable} = board.read()
  assert.equal(temperaturesC.CPU, undefined)
  assert.equal(unavailable?.['CPU-therm'], 'says nothing')
})

test('an Orin has its rails, zones, fan and counters elsewhere', (t) => {
  const root = temporaryFolder(t)
  writeBoard(root, 'orin')
  const board = openBoard(openDeviceFiles(root), heldClock())
  const {kind, l4t, passiveTripC, cores} = board.machine()
  assert.deepEqual([kind, l4t, passiveTripC, cores], ['jetson', '36.4.3', 99, 6])
  const {temperaturesC, powersW, voltagesV, currentsA, ...rest} = board.read()
  assert.deepEqual(temperaturesC, {CPU: 47.4, GPU: 43, SOC0: 45, SOC1: 44.5, SOC2: 44, TJ: 47.4})
  // Not the sum of shunt voltages.
  assert.deepEqual(Object.keys(powersW), ['VDD_IN', 'VDD_CPU_GPU_CV', 'VDD_SOC'])
  assert.equal(powersW.VDD_IN, 4.968 * 0.872)
  assert.deepEqual([voltagesV.VDD_IN, currentsA?.VDD_IN], [4.968, 0.872])
  assert.deepEqual(rest, {
    atMs: noon,
    cpuFrequencyHz: 1510400000,
    gpuLoad: 0,
    gpuFrequencyHz: 306000000,
    gpuMaxFrequencyHz: 624750000,
    gpuGovernor: 'nvhost_podgov',
    memoryTotalBytes: 7802880 * 1024,
    memoryAvailableBytes: 5242880 * 1024,
    swapTotalBytes: 3901440 * 1024,
    swapUsedBytes: 0,
    memoryPressure: 0.0025,
    fanShare: 76 / 255,
    fanRpm: 1800,
    powerMode: '15W',
    alarms: [],
  })
  overlay(root, 'over-current', 'orin')
  assert.deepEqual(board.read().alarms, [
    'The supply line VDD_IN carries more current than it may. Lower the load.',
    'The board has braked itself because it drew too much current. Check the supply.',
  ])
})

test('a Xavier has two monitors of its rails and another name of its GPU', (t) => {
  const root = temporaryFolder(t)
  writeBoard(root, 'xavier')
  const board = openBoard(openDeviceFiles(root), heldClock())
  const {model, passiveTripC, gpuFrequenciesHz} = board.machine()
  assert.deepEqual([model, passiveTripC, gpuFrequenciesHz?.length], ['Jetson-AGX', 86, 14])
  const {temperaturesC, powersW, gpuPower, gpuLoad, cpuFrequencyHz, fanRpm} = board.read()
  assert.deepEqual(temperaturesC, {
    CPU: 31.5,
    GPU: 30.5,
    AUX: 30.5,
    AO: 30,
    Tboard_tegra: 31,
    Tdiode_tegra: 32,
    'thermal-fan-est': 30.8,
  })
  assert.deepEqual(powersW, {
    GPU: 0.463,
    CPU: 0.618,
    SOC: 2.936,
    CV: 0,
    VDDRQ: 0.309,
    SYS5V: 3.306,
  })
  assert.deepEqual([gpuPower, gpuLoad, cpuFrequencyHz, fanRpm], ['on', 0, 1190400000, 0])
})

test('a folder without any sensor is a machine of which nothing is known', (t) => {
  const board = openBoard(openDeviceFiles(temporaryFolder(t)), heldClock())
  assert.deepEqual(board.machine(), {
    model: 'Linux board',
    kind: 'linux',
    cpu: 'unknown',
    cores: 1,
    memoryBytes: 0,
    measuresPower: false,
  })
  const nothing = {atMs: noon, temperaturesC: {}, powersW: {}, voltagesV: {}, alarms: []}
  assert.deepEqual(board.read(), nothing)
})
