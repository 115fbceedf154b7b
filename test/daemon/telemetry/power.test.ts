import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  boardPowerW,
  meanPowerW,
  meterPower,
  unreadPowerMeter,
} from '../../../src/daemon/telemetry/power.ts'

test('the power of the board is its input rail, or all rails together where there is no such', () => {
  assert.equal(boardPowerW({powersW: {POM_5V_IN: 7, POM_5V_GPU: 2, POM_5V_CPU: 1.5}}), 7)
  assert.equal(boardPowerW({powersW: {VDD_CPU_GPU_CV: 2, VDD_IN: 6}}), 6)
  assert.equal(boardPowerW({powersW: {GPU: 3, CPU: 2, SYS5V: 1}}), 6)
  assert.equal(boardPowerW({powersW: {}}), undefined)
})

test('the mean is that of the readings in between, the latest where there were none', () => {
  const before = [5, 6].reduce(meterPower, unreadPowerMeter)
  const after = [8, 10].reduce(meterPower, before)
  assert.equal(meanPowerW(before, after), 9)
  assert.equal(meanPowerW(before, before), 6)
  assert.equal(meanPowerW(unreadPowerMeter, before), 5.5)
})

test('without a reading of the power there is no mean, and a sensor that vanished is not remembered', () => {
  assert.equal(meanPowerW(unreadPowerMeter, unreadPowerMeter), undefined)
  const vanished = meterPower(meterPower(unreadPowerMeter, 5), undefined)
  assert.equal(meanPowerW(vanished, vanished), undefined)
})
