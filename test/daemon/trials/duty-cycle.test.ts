import assert from 'node:assert/strict'
import {test} from 'node:test'
import {dutyCycleOf} from '../../../src/daemon/trials/duty-cycle.ts'

test('a duty is kept in turns within a second', () => {
  assert.deepEqual(dutyCycleOf(0.7), {kind: 'alternate', runMs: 700, standMs: 300.00000000000006})
})

test('at 1 nothing is ever stopped, at 0 nothing runs, nor at what is no number', () => {
  assert.deepEqual(dutyCycleOf(1), {kind: 'run'})
  assert.deepEqual(dutyCycleOf(1.5), {kind: 'run'})
  for (const duty of [0, -1, Number.NaN]) assert.deepEqual(dutyCycleOf(duty), {kind: 'stand'})
})

test('no stretch is too short to keep, and the share holds', () => {
  for (const duty of [0.001, 0.01, 0.049, 0.5, 0.951, 0.99]) {
    const cycle = dutyCycleOf(duty)
    assert.ok(cycle.kind === 'alternate')
    assert.ok(Math.min(cycle.runMs, cycle.standMs) > 49.99, JSON.stringify(cycle))
    const share = cycle.runMs / (cycle.runMs + cycle.standMs)
    assert.ok(Math.abs(share - duty) < 1e-9, String(share))
  }
})
