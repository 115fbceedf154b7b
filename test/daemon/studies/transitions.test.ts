import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  addActiveTime,
  addEnergy,
  cancelStudy,
  completeTrial,
  failTrial,
  pauseStudy,
  pruneTrial,
  reportEpoch,
  reportProgress,
  restartTrial,
  resumeStudy,
  startTrial,
} from '../../../src/daemon/studies/transitions.ts'
import {queuedStudy, runningStudy} from '../../fixtures/studies.ts'

const trial = {id: 0, point: {lr: 0.01}, params: {lr: 0.01}}
const end = {durationMs: 10, samplesPerSecond: 100, backend: 'wasm'}

test("a complete trial takes the last value of the objective's metric", () => {
  let study = startTrial(runningStudy(), trial, 5)
  study = reportEpoch(study, 0, {epoch: 1, metrics: {val_accuracy: 0.5}})
  study = reportProgress(study, 0, {step: 1, steps: 2, samplesPerSecond: 3})
  study = reportEpoch(study, 0, {epoch: 2, metrics: {val_accuracy: 0.6}})
  study = completeTrial(study, 0, end)
  assert.deepEqual(study.trials[0], {
    ...trial,
    ...end,
    state: 'complete',
    startedAtMs: 5,
    epochs: [
      {epoch: 1, metrics: {val_accuracy: 0.5}},
      {epoch: 2, metrics: {val_accuracy: 0.6}},
    ],
    values: [0.6],
  })
})

test('a trial that never reports its metric has failed, and says what it reported', () => {
  let study = startTrial(runningStudy(), trial, 5)
  study = reportEpoch(study, 0, {epoch: 1, metrics: {loss: 0.5}})
  study = completeTrial(study, 0, end)
  const ended = study.trials[0]
  assert.equal(ended?.state, 'failed')
  assert.match(ended?.state === 'failed' ? ended.reason.message : '', /val_accuracy.*only loss/)
})

test('a pruned trial keeps its epochs, the last value that it reported, and why it was stopped', () => {
  const reason = {kind: 'asha', message: 'Epoch 1: too poor.'} as const
  let study = startTrial(runningStudy(), trial, 5)
  study = reportEpoch(study, 0, {epoch: 1, metrics: {val_accuracy: 0.5}})
  study = reportProgress(study, 0, {step: 1, steps: 2, samplesPerSecond: 3})
  study = pruneTrial(study, 0, {durationMs: 10, reason})
  assert.deepEqual(study.trials[0], {
    ...trial,
    state: 'pruned',
    startedAtMs: 5,
    durationMs: 10,
    epochs: [{epoch: 1, metrics: {val_accuracy: 0.5}}],
    values: [0.5],
    reason,
  })
})

test('a result for a trial that is not running changes nothing', () => {
  const study = runningStudy()
  assert.equal(completeTrial(study, 3, end), study)
  assert.equal(failTrial(study, 0, {durationMs: 1, reason: {kind: 'crashed', message: ''}}), study)
})

test('pausing sets running trials back to waiting with the same setting', () => {
  const paused = pauseStudy(startTrial(runningStudy(), trial, 5), 'Paused by hand.')
  assert.ok(paused.ok)
  assert.deepEqual(paused.value.trials, [{...trial, state: 'waiting'}])
  assert.equal(paused.value.state, 'paused')
  assert.equal(paused.value.reason, 'Paused by hand.')
})

test('resuming puts a paused study back into the queue and forgives its failures', () => {
  const paused = pauseStudy(runningStudy(), 'Paused by hand.')
  assert.ok(paused.ok)
  const resumed = resumeStudy(paused.value)
  assert.ok(resumed.ok)
  assert.equal(resumed.value.state, 'queued')
  assert.equal(resumed.value.reason, undefined)
  assert.equal(resumed.value.resumedAtTrial, 0)
})

test('what cannot be done is refused with the state that stands in the way', () => {
  const canceled = cancelStudy(queuedStudy(), 9)
  assert.ok(canceled.ok)
  for (const refused of [
    resumeStudy(runningStudy()),
    pauseStudy(canceled.value, 'no'),
    cancelStudy(canceled.value, 10),
  ]) {
    assert.equal(refused.ok, false)
    assert.match(
      refused.ok ? '' : (refused.problems[0] ?? ''),
      /some-study-1 is (running|canceled)/,
    )
  }
})

test('a clock that jumps back never takes active time away', () => {
  assert.equal(addActiveTime(addActiveTime(runningStudy(), 100.4), -50).activeMs, 100)
})

test('what Simmer measures of a trial counts as a value of it, whatever the trial itself reports', () => {
  const objectives = [
    {metric: 'joules', goal: 'minimize'},
    {metric: 'duration_ms', goal: 'minimize'},
  ] as const
  const ended = (spent: {readonly joules?: number}) => {
    let study = startTrial(runningStudy({objectives}), trial, 5)
    study = reportEpoch(study, 0, {epoch: 1, metrics: {duration_ms: 1}})
    return completeTrial(study, 0, {...end, ...spent}).trials[0]
  }
  const complete = ended({joules: 4.5})
  assert.deepEqual(complete?.state === 'complete' && complete.values, [4.5, 10])
  assert.equal(complete?.state === 'complete' && complete.joules, 4.5)
  const failed = ended({})
  assert.equal(
    failed?.state === 'failed' && failed.reason.message,
    'Expected the trial to report a finite `joules`, got no reading of the power while it ran.',
  )
})

test('a trial that begins again is the same running trial, with nothing to show', () => {
  const begun = startTrial(runningStudy(), trial, 5)
  const reported = reportProgress(
    reportEpoch(begun, 0, {epoch: 1, metrics: {val_accuracy: 0.4}}),
    0,
    {
      step: 1,
      steps: 2,
      samplesPerSecond: 3,
    },
  )
  assert.deepEqual(restartTrial(reported, 0), begun)
})

test('energy adds up over what was measured, and is absent where nothing was', () => {
  const none = {joules: 0, measuredMs: 0}
  assert.equal(addEnergy(runningStudy(), none).energy, undefined)
  const twice = addEnergy(addEnergy(runningStudy(), {joules: 5, measuredMs: 1_000}), {
    joules: 7,
    measuredMs: 500,
  })
  assert.deepEqual(addEnergy(twice, none).energy, {joules: 12, measuredMs: 1_500})
})
