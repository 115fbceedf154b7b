/** What every optimizer keeps to. A new one is accepted when it passes. */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../src/daemon/base/random.ts'
import type {Ask, Observation, Optimizer} from '../../src/daemon/optimizers/optimizer.ts'
import {samplePoint} from '../../src/daemon/space/sample.ts'
import type {Distribution, Point, Space} from '../../src/daemon/space/space.ts'
import {everythingSource, spaceOf} from '../fixtures/spaces.ts'

const everything = spaceOf(everythingSource)

/** Runs the suite. `expected` is what trial 30 after 30 observed trials was suggested when the test was written. */
export const optimizerContract = (optimizer: Optimizer, expected: Point): void => {
  const {name} = optimizer

  test(`${name} stays in bounds, on steps, and with just the active parameters`, () => {
    let history: readonly Observation[] = []
    for (let trial = 0; trial < 60; trial++) {
      const point = optimizer.suggest(askOf(everything, {history, trial}))
      assertInside(everything, point)
      history = [...history, {trial, point, loss: lossFor(trial)}]
    }
  })

  test(`${name} answers the same question the same way, whatever was asked in between`, () => {
    const ask = askOf(everything, {history: observed(everything, 40)})
    const first = optimizer.suggest(ask)
    optimizer.suggest(askOf(spaceOf({x: {uniform: [0, 1]}}), {seed: 5}))
    assert.deepEqual(optimizer.suggest(structuredClone(ask)), first)
  })

  test(`${name} draws a new chance for each trial and each seed`, () => {
    const suggest = (seed: number, trial: number) =>
      optimizer.suggest(askOf(everything, {seed, trial, history: observed(everything, 30)}))
    assert.notDeepEqual(suggest(1, 30), suggest(1, 31))
    assert.notDeepEqual(suggest(1, 30), suggest(2, 30))
  })

  test(`${name} does not mind the order in which results came in`, () => {
    const trials = observed(everything, 40)
    const history = trials.slice(0, 32)
    const pending = trials.slice(32).map(({trial, point}) => ({trial, point}))
    const shuffled = {history: history.toReversed(), pending: pending.toReversed()}
    assert.deepEqual(
      optimizer.suggest(askOf(everything, shuffled)),
      optimizer.suggest(askOf(everything, {history, pending})),
    )
  })

  test(`${name} never changes what it is given`, () => {
    const ask = askOf(everything, {history: observed(everything, 30).toReversed()})
    const before = structuredClone(ask)
    optimizer.suggest(ask)
    assert.deepEqual(ask, before)
  })

  const fifty = Array.from({length: 50}, (_, i) => [`x${i}`, {uniform: [0, i + 1]}])
  const spaces = {
    'one dimension': spaceOf({x: {loguniform: [1e-6, 1]}}),
    'fifty dimensions': spaceOf(Object.fromEntries(fifty)),
    'a choice of one option': spaceOf({x: {choice: [{y: {randint: [3, 4]}}]}}),
  }
  for (const [words, space] of Object.entries(spaces)) {
    test(`${name} copes with ${words}`, () => {
      assertInside(space, optimizer.suggest(askOf(space)))
      assertInside(space, optimizer.suggest(askOf(space, {history: observed(space, 40)})))
    })
  }

  test(`${name} goes on when every trial failed`, () => {
    const failed = observed(everything, 40).map((one) => ({...one, loss: Infinity}))
    assertInside(everything, optimizer.suggest(askOf(everything, {history: failed})))
  })

  test(`${name} goes on when all trials are the same and none has a result yet`, () => {
    const point = samplePoint(everything, seededRandom(1, 'same'))
    const pending = Array.from({length: 40}, (_, trial) => ({trial, point}))
    assertInside(everything, optimizer.suggest(askOf(everything, {pending, trial: 40})))
  })

  test(`${name} copes with 5,000 trials`, () => {
    const history = observed(everything, 5000)
    assertInside(everything, optimizer.suggest(askOf(everything, {history, trial: 5000})))
  })

  test(`${name} suggests what it did when this test was written, on another machine`, () => {
    const point = optimizer.suggest(
      askOf(everything, {seed: 7, trial: 30, history: observed(everything, 30)}),
    )
    assert.deepEqual(Object.keys(point), Object.keys(expected))
    for (const [label, value] of Object.entries(point)) {
      assert.ok(
        Math.abs(value - expected[label]) <= 1e-9 * Math.max(1, Math.abs(value)),
        `${label} became ${value}, was ${expected[label]}`,
      )
    }
  })
}

/** The lowest loss after `trials` trials, asked one at a time. */
export const bestAfter = (
  optimizer: Optimizer,
  space: Space,
  lossOf: (point: Point) => number,
  {seed, trials}: {readonly seed: number; readonly trials: number},
): number => {
  const history: Observation[] = []
  for (let trial = 0; trial < trials; trial++) {
    const point = optimizer.suggest(askOf(space, {seed, trial, history}))
    history.push({trial, point, loss: lossOf(point)})
  }
  return Math.min(...history.map(({loss}) => loss))
}

/** A question with nothing known but what `given` says. */
export const askOf = (space: Space, given: Partial<Ask> = {}): Ask => ({
  space,
  history: [],
  pending: [],
  seed: 1,
  trial: given.history?.length ?? 0,
  ...given,
})

/** Trials drawn from the prior, with losses out of thin air; one in ten failed. */
export const observed = (space: Space, count: number): readonly Observation[] =>
  Array.from({length: count}, (_, trial) => ({
    trial,
    point: samplePoint(space, seededRandom(99, 'observed', trial)),
    loss: lossFor(trial),
  }))

const lossFor = (trial: number): number =>
  trial % 10 === 3 ? Infinity : seededRandom(99, 'loss', trial).uniform()

/** Asserts that a point has a possible value for each active parameter, and nothing else. */
export const assertInside = (space: Space, point: Point): void => {
  const active = space.parameters.filter(({conditions}) =>
    conditions.every(({label, option}) => point[label] === option),
  )
  assert.deepEqual(
    Object.keys(point),
    active.map(({label}) => label),
  )
  for (const {label, distribution} of active) {
    const problem = `${label} = ${point[label]} is not of ${JSON.stringify(distribution)}`
    assert.ok(isPossible(distribution, point[label]), problem)
  }
}

const isPossible = (one: Distribution, value: number): boolean => {
  if (!Number.isFinite(value)) return false
  switch (one.kind) {
    case 'uniform':
    case 'loguniform':
      return one.low <= value && value <= one.high
    case 'quniform':
    case 'qloguniform':
      // Rounding may lead half a step out of the bounds.
      return isOnStep(value, one.q) && one.low - one.q / 2 <= value && value <= one.high + one.q / 2
    case 'normal':
      return true
    case 'lognormal':
      return value > 0
    case 'qnormal':
      return isOnStep(value, one.q)
    case 'qlognormal':
      return isOnStep(value, one.q) && value >= 0
    case 'uniformint':
      return Number.isInteger(value) && one.low <= value && value <= one.high
    case 'randint':
      return Number.isInteger(value) && one.low <= value && value < one.high
    case 'choice':
      return Number.isInteger(value) && 0 <= value && value < one.count
    case 'pchoice':
      return one.probabilities[value] > 0
  }
}

const isOnStep = (value: number, q: number): boolean =>
  Math.abs(value / q - Math.round(value / q)) < 1e-9 && !Object.is(value, -0)
