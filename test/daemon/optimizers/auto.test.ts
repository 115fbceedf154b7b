import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {auto} from '../../../src/daemon/optimizers/auto/auto.ts'
import {logExpectedImprovement} from '../../../src/daemon/optimizers/auto/improvement.ts'
import {maximize} from '../../../src/daemon/optimizers/auto/maximize.ts'
import {fitWithPriors} from '../../../src/daemon/optimizers/gaussian-process/prior-fit.ts'
import {random} from '../../../src/daemon/optimizers/random.ts'
import type {Point} from '../../../src/daemon/space/space.ts'
import {unitCube} from '../../../src/daemon/space/unit-cube.ts'
import {askOf, bestAfter, optimizerContract} from '../../contracts/optimizer.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

optimizerContract(auto, {
  'uniform.a': -2.2218439988368885,
  'uniform.b': 240,
  'log.0': 0.090715824645067,
  'log.1': 128,
  'bell.a': -0.6506599740268435,
  'bell.b': 4,
  'logbell.a': 20.098942471382976,
  'logbell.b': 50,
  seed: 6,
  epochs: 10,
  activation: 1,
  optimizer: 0,
})

test('the expected improvement is the mean of what is better, and its logarithm never gives up', () => {
  const rng = seededRandom(3, 'improvement')
  let sum = 0
  const draws = 200_000
  for (let i = 0; i < draws; i++) sum += Math.max(0, 1 - (1.5 + 0.8 * rng.normal()))
  const exact = Math.exp(logExpectedImprovement(1.5, 0.8, 1))
  assert.ok(Math.abs(sum / draws - exact) < 0.003, `${sum / draws} is not ${exact}`)
  // Continuous where the formula changes, and falling far beyond what a double could hold.
  const at = (z: number) => logExpectedImprovement(-z, 1, 0)
  assert.ok(Math.abs(at(-5 + 1e-9) - at(-5 - 1e-9)) < 0.02)
  assert.ok(at(-100) < at(-50) && Number.isFinite(at(-1000)))
})

test('the search for a suggestion finds a narrow peak among continuous and discrete parameters', () => {
  const cube = unitCube(
    spaceOf({a: {uniform: [0, 1]}, b: {uniform: [0, 1]}, c: {choice: ['x', 'y', 'z']}}),
  )
  const score = (u: Float64Array) => {
    const {a, b, c} = cube.decode(u)
    return -((a - 0.3) ** 2) - (b - 0.8) ** 2 - (c === 1 ? 0 : 1)
  }
  const {a, b, c} = cube.decode(maximize(cube, [], score, seededRandom(1, 'peak')))
  assert.ok(Math.abs(a - 0.3) < 0.02 && Math.abs(b - 0.8) < 0.02 && c === 1, `${a} ${b} ${c}`)
})

test('a fit finds out which parameters matter, and how noisy losses are', () => {
  const rng = seededRandom(2, 'data')
  const n = 60
  const x = Float64Array.from({length: 2 * n}, () => rng.uniform())
  const fit = (noise: number) =>
    fitWithPriors({
      n,
      x,
      y: Float64Array.from({length: n}, (_, i) => Math.sin(7 * x[2 * i]) + noise * rng.normal()),
      dimensionOf: [0, 1],
    })
  const quiet = fit(0)
  assert.ok(quiet.lengthScales[1] > 5 * quiet.lengthScales[0])
  assert.ok(quiet.noise < 1e-4 && fit(0.3).noise > 0.02)
})

test('auto finds the optimum of a bowl to the third digit, and gets through plateaus of failures', () => {
  const space = spaceOf({
    x: {uniform: [-5, 10]},
    y: {uniform: [-5, 10]},
    kind: {choice: ['good', {name: 'bad', z: {uniform: [0, 1]}}]},
  })
  const bowl = ({x, y, kind}: Point) =>
    x + y > 12 ? Infinity : (x - 2) ** 2 + (y + 1) ** 2 + (kind === 1 ? 1 : 0)
  const best = bestAfter(auto, space, bowl, {seed: 4, trials: 50})
  assert.ok(best < 1e-3, String(best))
  assert.ok(best < bestAfter(random, space, bowl, {seed: 4, trials: 50}))
})

test('auto starts in the middle', () => {
  const space = spaceOf({x: {uniform: [-5, 10]}, y: {loguniform: [1, 100]}})
  const {x, y} = auto.suggest(askOf(space))
  assert.ok(Math.abs(x - 2.5) < 1e-12 && Math.abs(y - 10) < 1e-12)
})
