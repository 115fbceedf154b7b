import assert from 'node:assert/strict'
import {test} from 'node:test'
import type {Progress} from '../../../../src/daemon/studies/study.ts'
import {createMeter} from '../../../../src/daemon/training/loop/meter.ts'

test('reports come at most every 250 ms, each with the speed since the one before', () => {
  let nowMs = 1000
  const reports: Progress[] = []
  const meter = createMeter({
    steps: 20,
    clock: {nowMs: () => nowMs, monotonicMs: () => nowMs},
    report: (progress) => reports.push(progress),
  })
  meter.start()
  for (const pieceMs of [100, 100, 100, 300, 200, 200]) {
    nowMs += pieceMs
    meter.add(30)
    meter.endStep()
  }
  assert.deepEqual(reports, [
    {step: 2, steps: 20, samplesPerSecond: 300},
    {step: 3, steps: 20, samplesPerSecond: 100},
    {step: 5, steps: 20, samplesPerSecond: 150},
  ])
})

test('the overall speed counts pauses within training, and not the time between epochs', () => {
  let nowMs = 0
  const meter = createMeter({
    steps: 2,
    clock: {nowMs: () => nowMs, monotonicMs: () => nowMs},
    report: () => {},
  })
  for (let epoch = 0; epoch < 2; epoch++) {
    meter.start()
    nowMs += 500
    meter.add(100)
    meter.stop()
    nowMs += 10_000
  }
  assert.equal(meter.samplesPerSecond(), 200)
})
