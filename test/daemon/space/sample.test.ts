import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {normalCdf} from '../../../src/daemon/base/statistics.ts'
import {drawPrior, lawOf, roundHalfEven} from '../../../src/daemon/space/distribution.ts'
import {paramsOf, samplePoint} from '../../../src/daemon/space/sample.ts'
import type {Distribution} from '../../../src/daemon/space/space.ts'
import {assertInside} from '../../contracts/optimizer.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

const drawMany = (distribution: Distribution, count = 20_000): readonly number[] => {
  const law = lawOf(distribution)
  const rng = seededRandom(5, distribution.kind)
  return Array.from({length: count}, () => drawPrior(law, rng))
}

/** How often each value came up, as shares. */
const sharesOf = (values: readonly number[]): ReadonlyMap<number, number> => {
  const shares = new Map<number, number>()
  for (const value of values.toSorted((a, b) => a - b)) {
    shares.set(value, (shares.get(value) ?? 0) + 1 / values.length)
  }
  return shares
}

const assertShares = (distribution: Distribution, expected: Readonly<Record<number, number>>) => {
  const shares = sharesOf(drawMany(distribution))
  assert.deepEqual([...shares.keys()].map(String), Object.keys(expected))
  for (const [value, share] of shares) {
    assert.ok(Math.abs(share - expected[value]) < 0.015, `${value}: ${share}`)
  }
}

/** The largest distance between the draws' distribution and a known one (Kolmogorov and Smirnov). */
const distanceTo = (distribution: Distribution, cdf: (x: number) => number): number => {
  const values = drawMany(distribution).toSorted((a, b) => a - b)
  return Math.max(...values.map((x, i) => Math.abs(cdf(x) - i / values.length)))
}

test('draws without steps follow their distribution', () => {
  // 1.95 / √20,000 is passed once in a thousand streams; this one is fixed.
  const limit = 0.0138
  const exponents = Math.log(0.3) - Math.log(1e-4)
  assert.ok(distanceTo({kind: 'uniform', low: -3, high: 5}, (x) => (x + 3) / 8) < limit)
  const logShare = (x: number) => (Math.log(x) - Math.log(1e-4)) / exponents
  assert.ok(distanceTo({kind: 'loguniform', low: 1e-4, high: 0.3}, logShare) < limit)
  assert.ok(distanceTo({kind: 'normal', mu: 1, sigma: 2}, (x) => normalCdf(x, 1, 2)) < limit)
  const logNormal = (x: number) => normalCdf(Math.log(x), 1, 2)
  assert.ok(distanceTo({kind: 'lognormal', mu: 1, sigma: 2}, logNormal) < limit)
})

test('quniform gives its ends half the share, as in Hyperopt', () => {
  assertShares({kind: 'quniform', low: 1, high: 4, q: 1}, {1: 1 / 6, 2: 1 / 3, 3: 1 / 3, 4: 1 / 6})
})

test('quniform may round past its upper bound, as in Hyperopt', () => {
  const values = drawMany({kind: 'quniform', low: 16, high: 250, q: 16})
  assert.equal(Math.max(...values), 256)
  assert.ok(values.every((value) => value % 16 === 0))
})

test('uniformint gives every whole number, ends included, the same share', () => {
  assertShares({kind: 'uniformint', low: 1, high: 4}, {1: 1 / 4, 2: 1 / 4, 3: 1 / 4, 4: 1 / 4})
})

test('randint leaves out its upper bound', () => {
  assertShares({kind: 'randint', low: 5, high: 8}, {5: 1 / 3, 6: 1 / 3, 7: 1 / 3})
})

test('choices follow their probabilities', () => {
  assertShares({kind: 'choice', count: 2}, {0: 0.5, 1: 0.5})
  assertShares({kind: 'pchoice', probabilities: [0.2, 0.5, 0.3]}, {0: 0.2, 1: 0.5, 2: 0.3})
})

test('quantized draws are never negative zero', () => {
  const values = drawMany({kind: 'qnormal', mu: 0, sigma: 1, q: 4})
  assert.ok(values.some((value) => value === 0))
  assert.ok(!values.some((value) => Object.is(value, -0)))
})

test('draws of even the wildest bell are numbers that JSON can hold', () => {
  const values = drawMany({kind: 'lognormal', mu: 0, sigma: 1e6}, 1000)
  assert.ok(values.every((value) => Number.isFinite(value) && value > 0))
})

test('a tie rounds to the even neighbor, as in numpy', () => {
  const rounded = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.4999, 0.5001, -7.2, 3].map(roundHalfEven)
  assert.deepEqual(
    rounded.map((x) => x + 0),
    [0, 2, 2, 0, -2, -2, 0, 1, -7, 3],
  )
})

test('the params of a point are the tree with values in it', () => {
  const space = spaceOf({
    lr: {uniform: [0, 1]},
    optimizer: {choice: ['sgd', {name: 'adam', beta: {uniform: [0.8, 0.99]}}]},
    sizes: [{randint: [1, 4]}, {pchoice: [[1, [3, 5]]]}],
    epochs: 3,
    note: null,
  })
  const shared = {lr: 0.5, 'sizes.0': 2, 'sizes.1': 0}
  const rest = {sizes: [2, [3, 5]], epochs: 3, note: null}
  assert.deepEqual(paramsOf(space, {...shared, optimizer: 0}), {
    lr: 0.5,
    optimizer: 'sgd',
    ...rest,
  })
  assert.deepEqual(paramsOf(space, {...shared, optimizer: 1, 'optimizer.1.beta': 0.9}), {
    lr: 0.5,
    optimizer: {name: 'adam', beta: 0.9},
    ...rest,
  })
})

test('a point without the value of an active parameter is a bug', () => {
  const space = spaceOf({lr: {uniform: [0, 1]}})
  assert.throws(() => paramsOf(space, {}), /no value for lr/)
})

test('sampled points are inside the space and the same for the same stream', () => {
  const space = spaceOf(everythingSource)
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const point = samplePoint(space, seededRandom(seed, 'sample'))
      assertInside(space, point)
      assert.deepEqual(samplePoint(space, seededRandom(seed, 'sample')), point)
      assert.doesNotThrow(() => JSON.stringify(paramsOf(space, point)))
    }),
  )
})

test('any interval yields values inside it', () => {
  const bound = fc.double({min: -1e100, max: 1e100, noNaN: true})
  fc.assert(
    fc.property(bound, bound, fc.integer(), (a, b, seed) => {
      fc.pre(a !== b)
      const space = spaceOf({x: {uniform: [Math.min(a, b), Math.max(a, b)]}})
      assertInside(space, samplePoint(space, seededRandom(seed)))
    }),
  )
})
