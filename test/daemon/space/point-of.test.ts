import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import fc from 'fast-check'
import {parse} from 'yaml'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {pointOf} from '../../../src/daemon/space/point-of.ts'
import {paramsOf, samplePoint} from '../../../src/daemon/space/sample.ts'
import type {Point} from '../../../src/daemon/space/space.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

const studies = join(projectRoot(), 'studies')

const pointIn = (source: unknown, params: unknown): Point => {
  const point = pointOf(spaceOf(source), params, 'first.0')
  if (!point.ok) assert.fail(point.problems.join('\n'))
  return point.value
}

const problemsIn = (source: unknown, params: unknown): readonly string[] => {
  const point = pointOf(spaceOf(source), params, 'first.0')
  return point.ok ? [] : point.problems
}

test('what a point gives is turned back into that point', () => {
  const examples = readdirSync(studies).map((file) => ({
    file,
    source: parse(readFileSync(join(studies, file), 'utf8')).space as unknown,
  }))
  for (const {file, source} of [{file: 'everything', source: everythingSource}, ...examples]) {
    const space = spaceOf(source)
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const point = samplePoint(space, seededRandom(seed, 'round trip'))
        // Through text, as people write it.
        const params: unknown = JSON.parse(JSON.stringify(paramsOf(space, point)))
        const back = pointOf(space, params, file)
        assert.deepEqual(back, {ok: true, value: point})
      }),
    )
  }
})

test('a value that misses its step by rounding is put on it', () => {
  const source = {q: {quniform: [0, 1, 0.1]}, k: {uniformint: [1, 5]}}
  assert.deepEqual(pointIn(source, {q: 0.3, k: 2.0000000000000004}), {q: 3 * 0.1, k: 2})
  assert.deepEqual(problemsIn(source, {q: 0.32, k: 2.5}), [
    'first.0.q: expected a multiple of 0.1 from 0 to 1, got 0.32.',
    'first.0.k: expected a whole number from 1 to 5, got 2.5.',
  ])
})

test('constants may be left out, and must be right where they are given', () => {
  const source = {x: {uniform: [0, 1]}, epochs: 3, fixed: {a: [1, null], b: 0}}
  assert.deepEqual(pointIn(source, {x: 0.5}), {x: 0.5})
  assert.deepEqual(pointIn(source, {x: 0.5, epochs: 3, fixed: {a: [1, null], b: 0}}), {x: 0.5})
  assert.deepEqual(problemsIn(source, {x: 0.5, epochs: 4, fixed: {a: [1, 2], b: 0}}), [
    'first.0.epochs: expected 3, got 4.',
    'first.0.fixed.a.1: expected null, got 2.',
  ])
})

test('what is missing or unknown is named', () => {
  const source = {
    lr: {loguniform: [0.001, 0.1]},
    batch: {choice: [16, 32]},
    optimizer: {choice: ['sgd', {name: 'adam', beta: {uniform: [0, 1]}}]},
  }
  assert.deepEqual(problemsIn(source, {rate: 0.1}), [
    'first.0.rate: not in the space here, which has lr, batch, optimizer.',
    'first.0.lr: expected a number from 0.001 to 0.1, got nothing. Add it.',
    'first.0.batch: expected one of 16, 32, got nothing. Add it.',
    'first.0.optimizer: expected one of "sgd", {name, beta}, got nothing. Add it.',
  ])
  assert.deepEqual(problemsIn(source, [0.1]), [
    'first.0: expected lr, batch, optimizer by name, got [0.1].',
  ])
})

test('every kind of value that cannot be is refused in words', () => {
  const cases: readonly [source: unknown, value: unknown, problem: string][] = [
    [{uniform: [0, 1]}, 1.01, 'a number from 0 to 1, got 1.01'],
    [{uniform: [0, 1]}, '0.5', 'a number from 0 to 1, got "0.5"'],
    [{uniform: [0, 1]}, Number.NaN, 'a number from 0 to 1, got NaN'],
    [{normal: [0, 1]}, Number.POSITIVE_INFINITY, 'a number, got Infinity'],
    [{qnormal: [0, 1, 2]}, 1, 'a multiple of 2, got 1'],
    [{lognormal: [0, 1]}, 0, 'a number above 0, got 0'],
    [{qlognormal: [0, 1, 5]}, -5, 'a multiple of 5 from 0, got -5'],
    [{quniform: [16, 250, 16]}, 272, 'a multiple of 16 from 16 to 256, got 272'],
    [{randint: [3, 6]}, 6, 'a whole number from 3 to 5, got 6'],
    [{choice: ['a', 'b']}, 'c', 'one of "a", "b", got "c"'],
    [{choice: [[1, 2], [3]]}, [1, 3], 'one of a list of 2, a list of 1, got [1, 3]'],
  ]
  for (const [source, value, problem] of cases) {
    assert.deepEqual(problemsIn({x: source}, {x: value}), [`first.0.x: expected ${problem}.`])
  }
  const list = problemsIn({x: [{uniform: [0, 1]}]}, {x: [0.1, 0.2]})
  assert.deepEqual(list, ['first.0.x: expected a list of 1, got [0.1, 0.2].'])
})

test('a bound itself is possible, on every scale', () => {
  const source = {
    a: {loguniform: [0.0001, 0.3]},
    b: {uniform: [-1, 1]},
    c: {qloguniform: [2, 9, 3]},
  }
  for (const point of [
    {a: 0.0001, b: -1, c: 3},
    {a: 0.3, b: 1, c: 9},
  ]) {
    assert.deepEqual(pointIn(source, point), point)
  }
})

test('options are told apart by what they hold', () => {
  const source = {
    o: {
      choice: [
        {name: 'adam', lr: {uniform: [0, 1]}},
        {name: 'sgd', lr: {uniform: [0, 2]}, momentum: {uniform: [0, 1]}},
        {name: 'plain', lr: {uniform: [0, 1]}},
        {choice: [10, [{uniform: [0, 1]}]]},
      ],
    },
  }
  assert.deepEqual(pointIn(source, {o: {name: 'plain', lr: 0.5}}), {o: 2, 'o.2.lr': 0.5})
  assert.deepEqual(pointIn(source, {o: {lr: 1.5, momentum: 0.1}}), {
    o: 1,
    'o.1.lr': 1.5,
    'o.1.momentum': 0.1,
  })
  assert.deepEqual(pointIn(source, {o: [0.25]}), {o: 3, 'o.3': 1, 'o.3.1.0': 0.25})
  assert.deepEqual(problemsIn(source, {o: {lr: 0.5}}), [
    'first.0.o: expected what fits one option, got what fits several. Add their constants.',
  ])
  // The problem is that of the option that was meant.
  assert.deepEqual(problemsIn(source, {o: {name: 'sgd', lr: 3}}), [
    'first.0.o.lr: expected a number from 0 to 2, got 3.',
    'first.0.o.momentum: expected a number from 0 to 1, got nothing. Add it.',
  ])
})

test('options that are the same are the first of them', () => {
  assert.deepEqual(pointIn({x: {choice: [1, 1, 2]}}, {x: 1}), {x: 0})
})

test('names of JavaScript’s own are no parameters', () => {
  const params = JSON.parse('{"x":0.5,"__proto__":{"y":1},"constructor":1}')
  assert.equal(problemsIn({x: {uniform: [0, 1]}}, params).length, 2)
})
