import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {type Rng, seededRandom} from '../../../src/daemon/base/random.ts'
import type {Pruner} from '../../../src/daemon/pruners/pruner.ts'
import {reasonToPrune} from '../../../src/daemon/studies/pruning.ts'
import type {Study, Trial} from '../../../src/daemon/studies/study.ts'
import {canSuggest, countTrials} from '../../../src/daemon/studies/summary.ts'
import {
  completeTrial as complete,
  pruneTrial,
  reportEpoch,
  setBackRunningTrials,
  startTrial,
} from '../../../src/daemon/studies/transitions.ts'
import {completeTrial, failedTrial, prunedTrial, runningStudy} from '../../fixtures/studies.ts'

const asha: Pruner = {name: 'asha', minEpochs: 1, reduction: 3}
const command = {kind: 'command', command: 'true'} as const

const running = (id: number, ...values: readonly number[]): Trial => ({
  state: 'running',
  id,
  point: {lr: 0.01},
  params: {lr: 0.01, epochs: 9},
  startedAtMs: 1,
  epochs: values.map((value, i) => ({epoch: i + 1, metrics: {val_accuracy: value}})),
})

test('a trial that falls behind is to be pruned, with the rule, the epoch, the value and the rivals', () => {
  const trials = [completeTrial(0, 0.5), prunedTrial(1, 0.4), failedTrial(2), running(3, 0.41234)]
  assert.deepEqual(reasonToPrune({...runningStudy({pruner: asha}), trials}, 3), {
    kind: 'asha',
    message: 'Epoch 1: val_accuracy 0.4123 is not the best of 3 trials at this rung.',
  })
})

test('without a pruner every trial goes on', () => {
  const trials = [completeTrial(0, 0.5), running(1, 0.1)]
  assert.equal(reasonToPrune({...runningStudy(), trials}, 1), undefined)
})

test('a model that has trained its last epoch has its result', () => {
  const short = {...running(1, 0.1), params: {lr: 0.01, epochs: 1}}
  const study = {...runningStudy({pruner: asha}), trials: [completeTrial(0, 0.5), short]}
  assert.equal(reasonToPrune(study, 1), undefined)
  const settings = {...study.settings, task: command}
  assert.equal(reasonToPrune({...study, settings}, 1)?.kind, 'asha')
})

test('an epoch that did not measure the objective is not judged', () => {
  const study = {...runningStudy({pruner: asha}), trials: [completeTrial(0, 0.5), running(1)]}
  const silent = reportEpoch(study, 1, {epoch: 1, metrics: {train_loss: 3}})
  assert.equal(reasonToPrune(silent, 1), undefined)
  assert.ok(reasonToPrune(reportEpoch(silent, 1, {epoch: 2, metrics: {val_accuracy: 0}}), 1))
})

test('with trials side by side only those count that the suggestion knew of', () => {
  const trials = [completeTrial(0, 0.2), completeTrial(1, 0.9), running(2), running(3, 0.5)]
  const study = {...runningStudy({pruner: asha, parallel: 2}), trials}
  assert.equal(reasonToPrune(study, 3), undefined)
  const oneByOne = {...study, settings: {...study.settings, parallel: 1}}
  assert.ok(reasonToPrune(oneByOne, 3))
})

/** Plays a study to its end: what happens next, of all that may, is drawn from `chance`; now and then all is cut off. */
const played = (study: Study, curves: readonly (readonly number[])[], chance: Rng): Study => {
  let now = study
  const start = (id: number) => {
    now = startTrial(now, {id, point: {lr: id}, params: {lr: id}}, 1)
  }
  const goOn = (id: number, epochs: number) => {
    const value = curves[id][epochs]
    if (value === undefined) {
      now = complete(now, id, {durationMs: 1, samplesPerSecond: 1, backend: 'command'})
      return
    }
    now = reportEpoch(now, id, {epoch: epochs + 1, metrics: {val_accuracy: value}})
    const reason = reasonToPrune(now, id)
    if (reason) now = pruneTrial(now, id, {durationMs: 1, reason})
  }
  for (;;) {
    const {trials, settings} = now
    const next = trials.find(({state}) => state === 'waiting')?.id ?? trials.length
    const moves = [
      ...(countTrials(now).running < settings.parallel &&
      next < curves.length &&
      (next < trials.length || canSuggest(now, next))
        ? [() => start(next)]
        : []),
      ...trials.flatMap((one) =>
        one.state === 'running' ? [() => goOn(one.id, one.epochs.length)] : [],
      ),
    ]
    if (moves.length === 0) return now
    if (chance.integer(0, 12) === 0) now = setBackRunningTrials(now)
    else moves[chance.integer(0, moves.length)]()
  }
}

test('the same trials are pruned at the same epochs, whichever ends first and however often it is cut off', () => {
  const pruners: readonly Pruner[] = [asha, {name: 'median', startupTrials: 2, warmupEpochs: 0}]
  const values = fc.array(fc.integer({min: 0, max: 9}), {minLength: 1, maxLength: 10})
  let pruned = 0
  fc.assert(
    fc.property(
      fc.array(values, {minLength: 1, maxLength: 14}),
      fc.integer({min: 1, max: 4}),
      fc.constantFrom(...pruners),
      fc.integer({min: 0, max: 1e6}),
      (curves, parallel, pruner, seed) => {
        const study = runningStudy({pruner, parallel, task: command})
        const one = played(study, curves, seededRandom(seed, 'one'))
        const other = played(study, curves, seededRandom(seed, 'other'))
        assert.equal(one.trials.length, curves.length)
        assert.deepEqual(one.trials, other.trials)
        pruned += countTrials(one).pruned
      },
    ),
  )
  assert.ok(pruned > 0, 'the property has seen pruned trials')
})
