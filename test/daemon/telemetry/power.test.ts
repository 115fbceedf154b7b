import assert from 'node:assert/strict'
import {test} from 'node:test'
import {boardPowerW} from '../../../src/daemon/telemetry/power.ts'

test('the power of the board is its input rail, or all rails together where there is no such', () => {
  assert.equal(boardPowerW({powersW: {POM_5V_IN: 7, POM_5V_GPU: 2, POM_5V_CPU: 1.5}}), 7)
  assert.equal(boardPowerW({powersW: {VDD_CPU_GPU_CV: 2, VDD_IN: 6}}), 6)
  assert.equal(boardPowerW({powersW: {GPU: 3, CPU: 2, SYS5V: 1}}), 6)
  assert.equal(boardPowerW({powersW: {}}), undefined)
})
