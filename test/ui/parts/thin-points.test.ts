import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {type Point, thinDots, thinLine, thinSteps} from '../../../src/ui/parts/thin-points.ts'

const wave = (count: number): readonly Point[] =>
  Array.from({length: count}, (_, i): Point => [i, Math.sin(i / 700)])

test('a line of 10,000 points becomes a few that begin, end and peak where it does', () => {
  const peak: Point = [5_555, 9]
  const points = wave(10_000).map((point) => (point[0] === peak[0] ? peak : point))
  const thin = thinLine(points, 240)
  assert.ok(thin.length <= 240)
  assert.deepEqual([thin[0], thin.at(-1)], [points[0], points.at(-1)])
  assert.ok(thin.includes(peak))
})

test('a thinned line keeps to its points, in order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({noNaN: true, min: -1e6, max: 1e6}), {maxLength: 500}), (ys) => {
      const points = ys.map((y, i): Point => [i, y])
      const thin = thinLine(points, 20)
      assert.ok(thin.length <= Math.max(20, Math.min(points.length, 20)))
      assert.ok(thin.every((point) => points.includes(point)))
      assert.deepEqual(
        thin.map(([x]) => x),
        thin.map(([x]) => x).sort((a, b) => a - b),
      )
    }),
  )
})

test('a gap in a line stays a gap', () => {
  const points = wave(2_000).map(([x, y]): Point => [x, x > 900 && x < 1_100 ? Number.NaN : y])
  const thin = thinLine(points, 100)
  const gaps = thin.filter(([, y]) => Number.isNaN(y))
  assert.equal(gaps.length, 1)
  assert.ok(thin.some(([x]) => x === 900) && thin.some(([x]) => x === 1_100))
})

test('steps lose the points that go on at the same height, but not where they end', () => {
  const points = [1, 1, 1, 2, 2, 5, 5].map((y, x): Point => [x, y])
  assert.deepEqual(thinSteps(points, 100), [
    [0, 1],
    [3, 2],
    [5, 5],
    [6, 5],
  ])
})

test('steps before a gap go on until it', () => {
  const points = [3, 3, 3, Number.NaN, 3, 3].map((y, x): Point => [x, y])
  assert.deepEqual(
    thinSteps(points, 100).map(([x]) => x),
    [0, 2, 3, 4, 5],
  )
})

test('of dots that cannot be told apart one is kept, and never more than there is room for', () => {
  const same = Array.from({length: 600}, (): Point => [1, 1])
  assert.equal(thinDots(same, 500, (point) => point).length, 1)
  const many = Array.from({length: 10_000}, (_, i): Point => [i % 300, (i * 7919) % 150])
  const thin = thinDots(many, 500, (point) => point)
  assert.ok(thin.length > 100 && thin.length <= 500)
})
