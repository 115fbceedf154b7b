import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../../src/daemon/base/random.ts'
import {columnsOf} from '../../../../src/daemon/optimizers/forest/columns.ts'
import {
  type Forest,
  type ForestOptions,
  fitForest,
  predict,
} from '../../../../src/daemon/optimizers/forest/forest.ts'
import {samplePoint} from '../../../../src/daemon/space/sample.ts'
import type {Point} from '../../../../src/daemon/space/space.ts'
import {everythingSource, spaceOf} from '../../../fixtures/spaces.ts'

const options: ForestOptions = {trees: 32, leafRows: 2, rowsPerTree: 200, columnsTried: 100}

/** A forest that has learned `f` at `n` points of a space, and what it expects elsewhere. */
const learn = (
  source: unknown,
  f: (point: Point) => number,
  {n = 300, ...changes}: Partial<ForestOptions> & {readonly n?: number} = {},
) => {
  const space = spaceOf(source)
  const {columns, writeRow} = columnsOf(space)
  const rng = seededRandom(1, 'points')
  const points = Array.from({length: n}, () => samplePoint(space, rng))
  const x = new Float64Array(n * columns.length)
  for (const [i, point] of points.entries()) writeRow(point, x, i * columns.length)
  const data = {columns, x, y: Float64Array.from(points, f)}
  const forest = fitForest(data, {...options, ...changes}, seededRandom(2, 'forest'))
  const expect = (point: Point) => {
    const row = new Float64Array(columns.length)
    writeRow(point, row, 0)
    return predict(forest, row)
  }
  const fresh = Array.from({length: 200}, () => samplePoint(space, rng))
  return {space, forest, data, expect, fresh}
}

/** The share of the variance at fresh points that the forest explains. */
const explained = (f: (point: Point) => number, {expect, fresh}: ReturnType<typeof learn>) => {
  const truth = fresh.map(f)
  const mean = truth.reduce((sum, value) => sum + value / truth.length, 0)
  const left = fresh.reduce((sum, point, i) => sum + (truth[i] - expect(point).mean) ** 2, 0)
  return 1 - left / truth.reduce((sum, value) => sum + (value - mean) ** 2, 0)
}

test('a forest foretells a function of ordered, stepped and unordered parameters', () => {
  const source = {
    x: {uniform: [0, 1]},
    n: {uniformint: [1, 5]},
    c: {choice: ['a', 'b', 'c', 'd', 'e']},
    unused: {loguniform: [1e-6, 1]},
  }
  const f = ({x, n, c}: Point) => 3 * x + n + [0, 2, 0, 2, 0][c]
  assert.ok(explained(f, learn(source, f)) > 0.9)
})

test('options of a choice are parted by subset, whatever their order', () => {
  const f = ({c}: Point) => [5, -5, 5, -5, 5, -5][c]
  const {forest, expect} = learn({c: {choice: [1, 2, 3, 4, 5, 6]}}, f, {trees: 4})
  // One split tells all there is.
  assert.deepEqual(
    forest.trees.map(({column}) => [...column]),
    new Array(4).fill([0, -1, -1]),
  )
  for (let c = 0; c < 6; c++) assert.ok(Math.abs(expect({c}).mean - f({c})) < 1e-9)
})

test('a parameter is split only where it exists', () => {
  const source = {o: {choice: ['sgd', {name: 'adam', b: {uniform: [0, 1]}}]}}
  const f = (point: Point) => (point.o === 1 ? 1 + point['o.1.b'] : 0)
  const {forest, expect} = learn(source, f)
  assert.ok(forest.trees.every(({column}) => column[0] === 0))
  assert.ok(Math.abs(expect({o: 0}).mean) < 1e-9)
  assert.ok(Math.abs(expect({o: 1, 'o.1.b': 0.5}).mean - 1.5) < 0.1)
})

test('a forest is less sure where trials disagree, and sure where all are alike', () => {
  const rng = seededRandom(3, 'noise')
  const {expect} = learn({x: {uniform: [0, 1]}}, ({x}) => (x < 0.5 ? 1 : rng.normal()))
  assert.ok(expect({x: 0.25}).variance < 1e-9)
  assert.ok(expect({x: 0.75}).variance > 0.3)
})

test('no leaf is smaller than was asked for, and every node holds its children', () => {
  const {forest} = learn(everythingSource, (point) => point.seed * Math.sin(point['log.0']), {
    leafRows: 7,
  })
  for (const {column, child, count} of forest.trees) {
    assert.equal(count[0], 200)
    column.forEach((split, node) => {
      if (split < 0) assert.ok(count[node] >= 7)
      else assert.equal(count[child[node]] + count[child[node] + 1], count[node])
    })
  }
})

test('without any difference there is nothing to split', () => {
  const {forest, expect} = learn(everythingSource, () => 1e6)
  assert.ok(forest.trees.every(({column}) => column.length === 1))
  assert.equal(expect({}).mean, 1e6)
})

test('the same data and chance give the same forest, other chance another', () => {
  const {forest, data} = learn(everythingSource, (point) => point['bell.a'])
  const again = (seed: number): Forest => fitForest(data, options, seededRandom(seed, 'forest'))
  assert.deepEqual(again(2), forest)
  assert.notDeepEqual(again(3), forest)
})

test('each split may choose among a few columns only', () => {
  const source = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, {uniform: [0, 1]}]))
  const f = ({a}: Point) => a
  const roots = (columnsTried: number) =>
    new Set(learn(source, f, {columnsTried}).forest.trees.map(({column}) => column[0]))
  assert.deepEqual([...roots(4)], [0])
  assert.equal(roots(1).size, 4)
})

test('twenty columns of a thousand rows are learned by 64 trees', () => {
  const source = Object.fromEntries(
    Array.from({length: 20}, (_, i) => [`x${i}`, {uniform: [0, 1]}]),
  )
  const f = (point: Point) => 3 * point.x3 + point.x7 * point.x11
  const learned = learn(source, f, {n: 1000, trees: 64, rowsPerTree: 1000})
  assert.ok(explained(f, learned) > 0.9)
})
