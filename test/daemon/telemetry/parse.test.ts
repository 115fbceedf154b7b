import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  isRealZone,
  loadBetween,
  parseCpuTimes,
  parseL4t,
  parseMemory,
  parsePowerMode,
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
  for (const text of ['-256000', '999999', 'N/A', undefined]) {
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
      'MemTotal:  4059448 kB\nMemAvailable: 143360 kB\nSwapTotal: 200 kB\nSwapFree: 50 kB\n',
    ),
    {totalBytes: 4059448 * 1024, availableBytes: 143360 * 1024, swapUsedBytes: 150 * 1024},
  )
  assert.deepEqual(parseMemory('MemTotal: 1 kB\n'), {totalBytes: 1024})
  assert.deepEqual(parseMemory(''), {})
})

test('CPU load is the busy share of the time between two looks', () => {
  const before = parseCpuTimes('cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\n')
  const after = parseCpuTimes('cpu  130 0 120 740 110 0 0 0 0 0\n')
  assert.deepEqual(before, {busy: 200, total: 1000})
  assert.equal(loadBetween(before, after), 0.5)
  assert.equal(loadBetween(undefined, after), undefined)
  assert.equal(loadBetween(after, before), undefined)
  assert.equal(parseCpuTimes('intr 5'), undefined)
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
