import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {importanceOf} from '../../../src/daemon/importance/importance.ts'
import {paramsOf, samplePoint} from '../../../src/daemon/space/sample.ts'
import type {Point} from '../../../src/daemon/space/space.ts'
import type {Study, Trial} from '../../../src/daemon/studies/study.ts'
import {spaceOf} from '../../fixtures/spaces.ts'
import {completeTrial, failedTrial, runningStudy, twoObjectives} from '../../fixtures/studies.ts'

const unit = {uniform: [0, 1]}

/** A study of `n` complete trials of the prior, that minimizes `f`. */
const studyOf = (source: unknown, f: (point: Point) => number, n = 300): Study => {
  const space = spaceOf(source)
  const rng = seededRandom(11, 'points')
  const trials = Array.from({length: n}, (_, id): Trial => {
    const point = samplePoint(space, rng)
    return {...completeTrial(id, f(point)), point, params: paramsOf(space, point)}
  })
  return {...runningStudy({space, objectives: [{metric: 'loss', goal: 'minimize'}]}), trials}
}

/** The shares by name; refuses a study that has none. */
const sharesOf = (study: Study): Readonly<Record<string, number>> => {
  const [importance] = importanceOf(study)
  if (importance.kind === 'unknown') assert.fail(importance.why)
  return Object.fromEntries(importance.parameters.map(({name, share}) => [name, share]))
}

const assertNear = (actual: number, expected: number, tolerance = 0.03) =>
  assert.ok(Math.abs(actual - expected) < tolerance, `expected ${expected}, got ${actual}`)

test('the parameters stand in the order of their shares, and the rest completes them', () => {
  const [importance] = importanceOf(studyOf({y: unit, z: unit, x: unit}, ({x, y}) => 3 * x + y))
  assert.ok(importance.kind === 'known')
  const {parameters, rest, trials} = importance
  assert.equal(trials, 300)
  assert.deepEqual(
    parameters.map(({name}) => name),
    ['x', 'y', 'z'],
  )
  assertNear(parameters[0].share, 0.9)
  assertNear(parameters[1].share, 0.1)
  assertNear(parameters[2].share, 0, 0.005)
  assertNear(
    parameters.reduce((sum, {share}) => sum + share, rest),
    1,
    1e-9,
  )
})

test('what is maximized is the same as its opposite minimized', () => {
  const study = studyOf({x: unit, y: unit}, ({x, y}) => x * x + y)
  const settings = {...study.settings, objectives: [{metric: 'loss', goal: 'maximize' as const}]}
  const opposite = study.trials.map((trial) =>
    trial.state === 'complete' ? {...trial, values: [-trial.values[0]]} : trial,
  )
  assert.deepEqual(importanceOf({...study, settings, trials: opposite}), importanceOf(study))
})

test('each objective has its own', () => {
  const study = studyOf({x: unit, y: unit}, ({x}) => x)
  const settings = {...study.settings, objectives: twoObjectives}
  const trials = study.trials.map((trial) =>
    trial.state === 'complete' ? {...trial, values: [trial.point.x, 100 * trial.point.y]} : trial,
  )
  const leaders = importanceOf({...study, settings, trials}).map((one) => [
    one.metric,
    one.kind === 'known' && one.parameters[0].name,
  ])
  assert.deepEqual(leaders, [
    ['val_accuracy', 'x'],
    ['duration_ms', 'y'],
  ])
})

test('bounds and scales do not matter, only what comes of them', () => {
  const shares = sharesOf(
    studyOf(
      {lr: {loguniform: [1e-5, 1]}, width: {normal: [100, 20]}, layers: {uniformint: [1, 4]}},
      ({lr, layers}) => Math.log10(lr) / 5 + layers / 4,
    ),
  )
  // Variances: 1/12, and 15/12 of a sixteenth.
  assertNear(shares.lr, 0.516)
  assertNear(shares.layers, 0.484)
  assertNear(shares.width, 0, 0.005)
})

test('a parameter of an option goes by its name, and counts where it exists', () => {
  const source = {
    optimizer: {choice: ['sgd', {name: 'adam', beta: unit}, {name: 'rms', decay: unit}]},
  }
  const shares = sharesOf(studyOf(source, (point) => point['optimizer.1.beta'] ?? 0.5))
  assertNear(shares['optimizer.adam.beta'], 1, 0.05)
  assertNear(shares.optimizer, 0)
  assertNear(shares['optimizer.rms.decay'], 0)
})

test('the same holds among very many options', () => {
  const options = Array.from({length: 20}, (_, i) => (i === 7 ? {x: unit} : i))
  // Variances: 1/20 × 4/12 of x, 1/20 × 19/20 of the choice.
  const shares = sharesOf(
    studyOf({c: {choice: options}}, (point) => 2 * (point['c.7.x'] ?? 0), 1000),
  )
  assertNear(shares.c, 0.74, 0.1)
  assertNear(shares['c.7.x'], 0.26, 0.1)
})

test('a few trials that went wild do not own the variance', () => {
  const f = ({x, y}: Point) => x + y
  const tame = sharesOf(studyOf({x: unit, y: unit, z: unit}, f))
  const wild = sharesOf(
    studyOf({x: unit, y: unit, z: unit}, (point) => (point.z > 0.98 ? 1e300 : f(point))),
  )
  assertNear(tame.x, 0.5, 0.06)
  assert.ok(wild.z < 0.3 && wild.x > 0.25 && wild.y > 0.25, JSON.stringify(wild))
})

test('failed and unfinished trials are left out', () => {
  const study = studyOf({x: unit, y: unit}, ({x}) => x, 50)
  const expected = importanceOf(study)
  const trials = [...study.trials, failedTrial(50), {...study.trials[0], id: 51, state: 'waiting'}]
  // A waiting trial has only what every trial has.
  assert.deepEqual(importanceOf({...study, trials: trials as readonly Trial[]}), expected)
})

test('with few trials, or none that differ, it says why there is nothing to say', () => {
  const few = studyOf({x: unit}, ({x}) => x, 9)
  const why = 'It takes 10 complete trials to tell what matters; so far there are 9.'
  assert.deepEqual(importanceOf(few), [{kind: 'unknown', metric: 'loss', why}])
  assert.equal(importanceOf(studyOf({x: unit}, ({x}) => x, 10))[0].kind, 'known')
  const [alike] = importanceOf(studyOf({x: unit}, () => 0.1))
  assert.ok(alike.kind === 'unknown')
  assert.match(alike.why, /^No parameter made a difference/)
})

test('the largest and the smallest numbers there are do no harm', () => {
  for (const size of [Number.MAX_VALUE, Number.MIN_VALUE]) {
    const shares = sharesOf(studyOf({x: unit, y: unit}, ({x}) => (x < 0.5 ? -size : size)))
    assertNear(shares.x, 1, 0.05)
  }
})

test('it is worked out again only when a trial has been completed', () => {
  const study = studyOf({x: unit, y: unit}, ({x}) => x)
  const first = importanceOf(study)
  assert.equal(importanceOf({...study, state: 'paused', activeMs: 9}), first)
  const fewer = {...study, trials: study.trials.slice(0, -1)}
  assert.notEqual(importanceOf(fewer), first)
  assert.deepEqual(importanceOf(study), first)
})

test('thousands of trials give the same picture', () => {
  const shares = sharesOf(studyOf({x: unit, y: unit}, ({x, y}) => 3 * x + y, 2500))
  assertNear(shares.x, 0.9)
  assertNear(shares.y, 0.1)
})
