import assert from 'node:assert/strict'
import {test} from 'node:test'
import {optimizerNames} from '../../../src/daemon/optimizers/optimizer.ts'
import {type Outcome, suggestPoint} from '../../../src/daemon/optimizers/suggest.ts'
import type {Point, Space} from '../../../src/daemon/space/space.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

/** 40 points. */
const small = spaceOf({
  a: {choice: [1, 2]},
  b: {choice: ['x', {y: {uniformint: [1, 3]}}, 'z']},
  c: {
    pchoice: [
      [0.9, 0],
      [0.1, 1],
    ],
  },
  d: {choice: [0, 1]},
})

const keyOf = (point: Point): string => JSON.stringify(point)

const study = (name: (typeof optimizerNames)[number], space: Space, trials: number) => {
  const history: Outcome[] = []
  for (let trial = 0; trial < trials; trial++) {
    const point = suggestPoint(name, {space, history, pending: [], seed: 3, trial})
    history.push({trial, point, losses: [Object.values(point).reduce((a, b) => a + b, 0)]})
  }
  return history.map(({point}) => keyOf(point))
}

for (const name of optimizerNames) {
  test(`${name} tries each of a few points once before it repeats one`, () => {
    const keys = study(name, small, 60)
    assert.equal(new Set(keys.slice(0, 40)).size, 40)
    assert.equal(keys.length, 60)
  })

  test(`${name} never has the same point under way twice`, () => {
    const pending: {trial: number; point: Point}[] = []
    for (let trial = 0; trial < 40; trial++) {
      const point = suggestPoint(name, {space: small, history: [], pending, seed: 5, trial})
      pending.push({trial, point})
    }
    assert.equal(new Set(pending.map(({point}) => keyOf(point))).size, 40)
  })
}

test('points to try first come before anything an optimizer suggests', () => {
  const first = [{a: 1, b: 0, c: 0, d: 1}]
  const ask = (trial: number) =>
    suggestPoint('random', {space: small, history: [], pending: [], seed: 1, trial, first})
  assert.deepEqual(ask(0), first[0])
  assert.notEqual(ask(1), first[0])
})
