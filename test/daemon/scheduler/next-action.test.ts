import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nextAction} from '../../../src/daemon/scheduler/next-action.ts'
import {recoverStudy} from '../../../src/daemon/scheduler/recover.ts'
import type {Score, Study} from '../../../src/daemon/studies/study.ts'
import {startTrial} from '../../../src/daemon/studies/transitions.ts'
import {
  completeTrial,
  failedTrial,
  prunedTrial,
  queuedStudy,
  runningStudy,
} from '../../fixtures/studies.ts'

const next = (...studies: readonly Study[]) => nextAction({studies, busy: false})
const trial = (id: number) => ({id, point: {lr: 0.01}, params: {lr: 0.01}})

const score: Score = {
  params: {},
  testAccuracy: 0.5,
  interval95: [0.4, 0.6],
  perClass: [],
  confusion: [],
  samplesPerSecond: 1,
  durationMs: 1,
  backend: 'wasm',
}

test('an empty queue waits', () => {
  assert.deepEqual(next(), {kind: 'wait', why: 'nothing is queued'})
})

test('the first unfinished study begins; paused ones are passed over', () => {
  const paused: Study = {...queuedStudy(), state: 'paused'}
  const queued = {...queuedStudy(), id: 'second-2' as Study['id']}
  assert.deepEqual(next(paused, queued), {kind: 'begin', study: 'second-2'})
})

test('trials start until all places are taken', () => {
  const study = runningStudy({parallel: 2})
  assert.deepEqual(next(study), {kind: 'start-trial', study: study.id, trial: 0})
  const one = startTrial(study, trial(0), 1)
  assert.deepEqual(next(one), {kind: 'start-trial', study: study.id, trial: 1})
  assert.equal(next(startTrial(one, trial(1), 1)).kind, 'wait')
})

test('a suggestion waits for the trials that it learns from', () => {
  const slow = startTrial(runningStudy({parallel: 2, budget: {trials: 9}}), trial(0), 1)
  const study = {...slow, trials: [...slow.trials, completeTrial(1, 0.5), completeTrial(2, 0.6)]}
  assert.deepEqual(next(study), {
    kind: 'wait',
    why: 'the next suggestion learns from a trial that is still running',
  })
})

test('a waiting trial goes before a new suggestion', () => {
  const study: Study = {...runningStudy(), trials: [{...trial(0), state: 'waiting'}]}
  assert.deepEqual(next(study), {kind: 'restart-trial', study: study.id, trial: 0})
})

test('when the budget is used up, running trials are waited for', () => {
  const study = startTrial(runningStudy({budget: {trials: 1}, parallel: 2}), trial(0), 1)
  assert.equal(next(study).kind, 'wait')
})

test('hours end a study as trials do', () => {
  const study = {
    ...runningStudy({budget: {hours: 1}}),
    trials: [completeTrial(0, 0.5)],
    activeMs: 3_600_000,
  }
  assert.equal(next(study).kind, 'score')
})

test('the best setting is scored, then the baseline where it was asked for, then the study is complete', () => {
  const study: Study = {
    ...runningStudy({budget: {trials: 1}, baseline: true}),
    trials: [completeTrial(0, 0.5)],
  }
  assert.deepEqual(next(study), {
    kind: 'score',
    study: study.id,
    trial: 0,
    which: 'best',
    params: {lr: 0.01},
  })
  const scored = {...study, score}
  const baseline = next(scored)
  assert.equal(baseline.kind === 'score' && baseline.which, 'baseline')
  assert.equal(next({...scored, baselineScore: score}).kind, 'complete')
})

test('a command is not scored', () => {
  const study: Study = {
    ...runningStudy({budget: {trials: 1}, task: {kind: 'command', command: 'true'}}),
    trials: [completeTrial(0, 0.5)],
  }
  assert.equal(next(study).kind, 'complete')
})

test('a study without any result fails', () => {
  const study: Study = {...runningStudy({budget: {trials: 1}}), trials: [failedTrial(0)]}
  assert.equal(next(study).kind, 'fail')
})

test('five failures in a row pause the study with the last reason; divergence does not', () => {
  const failed = [0, 1, 2, 3, 4].map((id) => failedTrial(id))
  const study: Study = {...runningStudy({budget: {trials: 9}}), trials: failed}
  const action = next(study)
  assert.equal(action.kind, 'pause')
  assert.match(action.kind === 'pause' ? action.reason : '', /last 5 trials failed.*It crashed/)
  const diverged = {...study, trials: failed.map((one) => failedTrial(one.id, 'diverged'))}
  assert.equal(next(diverged).kind, 'start-trial')
})

test('a pruned trial is no failure, and a study ends with its best complete one', () => {
  const failed = [0, 1, 2, 3].map((id) => failedTrial(id))
  const failing = {...runningStudy({budget: {trials: 9}}), trials: [...failed, prunedTrial(4, 0.9)]}
  assert.equal(next(failing).kind, 'start-trial')
  const study = {
    ...runningStudy({budget: {trials: 2}}),
    trials: [completeTrial(0, 0.5), prunedTrial(1, 0.9)],
  }
  const action = next(study)
  assert.equal(action.kind === 'score' && action.trial, 0)
})

test('failures before a resume are forgiven', () => {
  const failed = [0, 1, 2, 3, 4].map((id) => failedTrial(id))
  const study: Study = {
    ...runningStudy({budget: {trials: 9}}),
    trials: failed,
    resumedAtTrial: 5,
  }
  assert.equal(next(study).kind, 'start-trial')
})

test('while something is prepared or scored nothing else starts', () => {
  assert.equal(nextAction({studies: [queuedStudy()], busy: true}).kind, 'wait')
})

test('a restart queues what was running, with its trials waiting, and leaves the rest alone', () => {
  const running = startTrial(runningStudy(), trial(0), 1)
  const recovered = recoverStudy(running)
  assert.equal(recovered.state, 'queued')
  assert.equal(recovered.trials[0]?.state, 'waiting')
  const paused: Study = {...queuedStudy(), state: 'paused'}
  assert.equal(recoverStudy(paused), paused)
})
