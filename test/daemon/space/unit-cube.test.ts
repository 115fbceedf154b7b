import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {samplePoint} from '../../../src/daemon/space/sample.ts'
import {idle, unitCube} from '../../../src/daemon/space/unit-cube.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

const everything = spaceOf(everythingSource)

const featuresAt = (space: Parameters<typeof unitCube>[0], u: Float64Array): Float64Array => {
  const cube = unitCube(space)
  const features = new Float64Array(cube.features)
  cube.writeFeatures(u, features, 0)
  return features
}

test('a point comes back from its coordinates, with just the active parameters', () => {
  const cube = unitCube(everything)
  for (let seed = 0; seed < 200; seed++) {
    const point = samplePoint(everything, seededRandom(seed, 'points'))
    const u = cube.encode(point)
    assert.ok(u.every((one) => one >= 0 && one <= 1))
    const back = cube.decode(u)
    assert.deepEqual(Object.keys(back), Object.keys(point))
    for (const [label, value] of Object.entries(point)) {
      assert.ok(Math.abs(back[label] - value) <= 1e-9 * Math.max(1, Math.abs(value)), label)
    }
  }
})

test('snapped coordinates are those of the point they stand for', () => {
  const cube = unitCube(everything)
  const rng = seededRandom(1, 'coordinates')
  for (let count = 0; count < 200; count++) {
    const u = Float64Array.from({length: cube.dimensions}, () => rng.uniform())
    const point = cube.decode(u)
    cube.snap(u)
    cube.encode(point).forEach((one, i) => {
      assert.ok(Math.abs(one - u[i]) < 1e-9)
    })
  }
})

test('the ends of the cube are the ends of the space', () => {
  const cube = unitCube(
    spaceOf({a: {loguniform: [1e-4, 0.3]}, b: {uniformint: [1, 10]}, c: {randint: [5, 12]}}),
  )
  const lowest = cube.decode(new Float64Array(3))
  const highest = cube.decode(new Float64Array(3).fill(1))
  assert.ok(Math.abs(lowest.a - 1e-4) < 1e-15 && Math.abs(highest.a - 0.3) < 1e-15)
  assert.deepEqual([lowest.b, highest.b, lowest.c, highest.c], [1, 10, 5, 11])
})

test('the cube is filled as the prior fills the space', () => {
  const space = spaceOf({a: {lognormal: [0, 1]}, b: {normal: [3, 2]}, c: {uniform: [-3, 5]}})
  const rng = seededRandom(1, 'prior')
  const sums = new Float64Array(3)
  for (let count = 0; count < 4000; count++) {
    unitCube(space)
      .encode(samplePoint(space, rng))
      .forEach((one, i) => {
        sums[i] += one * one
      })
  }
  // The mean square of a uniform variable is 1/3, with a standard deviation of 0.3/√4000.
  for (const sum of sums) assert.ok(Math.abs(sum / 4000 - 1 / 3) < 0.024)
})

test('it counts the values that a coordinate can take', () => {
  const cube = unitCube(
    spaceOf({
      a: {uniform: [0, 1]},
      b: {quniform: [16, 250, 16]},
      c: {uniformint: [1, 10]},
      d: {choice: [1, 2, 3]},
    }),
  )
  assert.deepEqual(cube.levels, [Infinity, 16, 10, 3])
})

test('all options of a choice are equally far apart', () => {
  const space = spaceOf({x: {choice: ['a', 'b', 'c', 'd']}, y: {choice: [0, 1]}})
  const of = (x: number, y: number) => featuresAt(space, unitCube(space).encode({x, y}))
  const distance = (a: Float64Array, b: Float64Array) =>
    Math.hypot(...a.map((one, i) => one - b[i]))
  for (const [i, j] of [
    [0, 1],
    [0, 3],
    [2, 3],
  ] as const) {
    assert.ok(Math.abs(distance(of(i, 0), of(j, 0)) - 1) < 1e-12)
  }
  assert.equal(distance(of(1, 0), of(1, 1)), 1)
})

test('an inactive parameter makes no difference', () => {
  const space = spaceOf({x: {choice: ['plain', {name: 'fancy', y: {uniform: [0, 1]}}]}})
  const cube = unitCube(space)
  const [left, right] = [0.1, 0.9].map((y) => Float64Array.of(0.2, y))
  cube.snap(left)
  cube.snap(right)
  assert.deepEqual(left, right)
  assert.equal(left[1], idle)
  assert.deepEqual(featuresAt(space, left), featuresAt(space, right))
})
