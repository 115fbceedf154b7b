import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  isRealZone,
  isWord,
  loadBetween,
  parseCpuTimes,
  parseL4t,
  parseMemory,
  parseMilli,
  parsePowerMode,
  parsePressure,
  parseTemperatureC,
  parseWhole,
  zoneName,
} from '../../../src/daemon/telemetry/parse.ts'

test('numbers are read, and nothing else is taken for one', () => {
  assert.equal(parseWhole('921600000\n'), 921600000)
  assert.equal(parseWhole('-3'), -3)
  for (const text of [undefined, '', '\n', 'N/A', '12 ma', '1.5', '0x10']) {
    assert.equal(parseWhole(text), undefined, text)
  }
})

test('temperatures are thousandths of a degree, and a zone that is off has none', () => {
  assert.equal(parseTemperatureC('43500'), 43.5)
  assert.equal(parseTemperatureC('-12000'), -12)
  for (const text of ['-256000', '-41000', '151000', '999999', '9'.repeat(400), 'N/A', undefined]) {
    assert.equal(parseTemperatureC(text), undefined, text)
  }
})

test('zones are named for what they measure', () => {
  assert.deepEqual(
    ['CPU-therm', 'gpu-thermal', 'tj-thermal', 'thermal-fan-est', 'x86_pkg_temp'].map(zoneName),
    ['CPU', 'GPU', 'TJ', 'thermal-fan-est', 'x86_pkg_temp'],
  )
  assert.ok(!isRealZone('PMIC-Die'))
  assert.ok(isRealZone('PLL-therm'))
})

test('memory is in bytes, and what the kernel does not tell is absent', () => {
  assert.deepEqual(
    parseMemory(
      'MemTotal:  4059448 kB\nMemAvailable: 143360 kB\nSwapTotal: 200 kB\nSwapFree: 50 kB\nNvMapMemUsed: 64 kB\n',
    ),
    {
      totalBytes: 4059448 * 1024,
      availableBytes: 143360 * 1024,
      swapTotalBytes: 200 * 1024,
      swapUsedBytes: 150 * 1024,
      gpuBytes: 64 * 1024,
    },
  )
  assert.deepEqual(parseMemory('MemTotal: 2 kB\nMemAvailable: 1 kB\n'), {
    totalBytes: 2048,
    availableBytes: 1024,
  })
})

test('memory that cannot be is refused', () => {
  for (const text of [
    '',
    'MemTotal: 1 kB\n',
    'MemTotal: 1 kB\nMemAvailable: 2 kB\n',
    'MemTotal: 0 kB\nMemAvailable: 0 kB\n',
    `MemTotal: ${'9'.repeat(30)} kB\nMemAvailable: 2 kB\n`,
  ]) {
    assert.equal(parseMemory(text), undefined, text)
  }
})

test('memory pressure is the share of the last ten seconds', () => {
  assert.equal(
    parsePressure('some avg10=12.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=0.00\n'),
    0.125,
  )
  assert.equal(parsePressure('some avg10=912.50 avg60=1.00\n'), undefined)
  assert.equal(parsePressure(''), undefined)
})

test('rails are thousandths, between what can be', () => {
  assert.equal(parseMilli('4960', 0, 60), 4.96)
  assert.equal(parseMilli('-1', 0, 60), undefined)
  assert.equal(parseMilli('60001', 0, 60), undefined)
})

test('names are words, and nothing else is taken for one', () => {
  for (const name of ['CPU-therm', 'x86_pkg_temp', 'VDD_IN', 'sum of shunt voltages']) {
    assert.ok(isWord(name), name)
  }
  for (const name of [undefined, '', '\u0001\u0002', '-', 'x'.repeat(41), 'a\nb']) {
    assert.ok(!isWord(name), name)
  }
})

test('CPU load is the busy share of the time between two looks', () => {
  const before = parseCpuTimes('cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\n')
  const after = parseCpuTimes('cpu  130 0 120 740 110 0 0 0 0 0\n')
  assert.deepEqual(before, {busy: 200, total: 1000})
  assert.equal(loadBetween(before, after), 0.5)
  assert.equal(loadBetween(undefined, after), undefined)
  assert.equal(loadBetween(after, before), undefined)
  for (const text of ['intr 5', 'cpu  1 2 3', 'cpu  1 -2 3 4', `cpu  ${'9'.repeat(30)} 0 0 0`]) {
    assert.equal(parseCpuTimes(text), undefined, text)
  }
})

test('the L4T release and the power mode are read from their files', () => {
  assert.equal(parseL4t('# R32 (release), REVISION: 7.1, GCID: 29818004, BOARD: t210ref'), '32.7.1')
  assert.equal(parseL4t('something else'), undefined)
  const modes =
    '< POWER_MODEL ID=0 NAME=MAXN >\nCPU_ONLINE CORE_0 1\n< POWER_MODEL ID=1 NAME=5W >\n'
  assert.equal(parsePowerMode('pmode:0001 fmode:fanNull', modes), '5W')
  assert.equal(parsePowerMode('pmode:0007 fmode:fanNull', modes), 'mode 7')
  assert.equal(parsePowerMode('', modes), undefined)
})
