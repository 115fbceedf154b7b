import assert from 'node:assert/strict'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {parseSpace} from '../../../src/daemon/space/parse.ts'
import {samplePoint} from '../../../src/daemon/space/sample.ts'
import {axesOf} from '../../../src/daemon/studies/axes.ts'
import {assertClose} from '../../fixtures/assert-close.ts'

const spaceOf = (source: unknown) => {
  const space = parseSpace(source)
  if (!space.ok) throw new Error(space.problems.join(' '))
  return space.value
}

const axisOf = (node: unknown, values: readonly number[] = []) =>
  axesOf(
    spaceOf({x: node}),
    values.map((x) => ({x})),
  )[0]

test('a value stands where its own scale puts it', () => {
  const log = axisOf({loguniform: [0.0001, 1]})
  assertClose(log.at(0.01), 0.5, 1e-9)
  assertClose(log.valueAt(0.25), 0.001, 1e-9)
  const linear = axisOf({uniform: [-1, 3]})
  assertClose(linear.at(0), 0.25, 1e-9)
  // Whole numbers stand in the middle of their own stretch.
  const whole = axisOf({uniformint: [1, 4]})
  assertClose(whole.at(1), 0.125, 1e-9)
  assert.deepEqual([0, 0.3, 0.6, 1].map(whole.valueAt), [1, 2, 3, 4])
})

test('options are named as they were written', () => {
  const axis = axisOf({choice: ['sgd', 16, true, {name: 'adam', b: {uniform: [0, 1]}}, {b: 1}]})
  assert.deepEqual(axis.kind === 'options' && axis.options, [
    'sgd',
    '16',
    'true',
    'adam',
    'option 5',
  ])
  assertClose(axis.at(0), 0.1, 1e-9)
  assert.equal(axis.valueAt(0.99), 4)
  const named = axisOf({randint: [3, 6]})
  assert.deepEqual(named.kind === 'options' && named.options, ['3', '4', '5'])
  assertClose(named.at(5), 5 / 6, 1e-9)
})

test('what has no bounds reaches as far as the points do', () => {
  const axis = axisOf({normal: [0, 1]}, [-3, 2, 7])
  assert.deepEqual([axis.at(-3), axis.at(7)], [0, 1])
  const unseen = axisOf({normal: [10, 2]})
  assert.deepEqual([unseen.at(8), unseen.at(12)], [0, 1])
})

test('whatever a space draws stands between the ends of its axis', () => {
  const space = spaceOf({
    a: {quniform: [0, 10, 3]},
    b: {qloguniform: [1, 100, 5]},
    c: {lognormal: [0, 2]},
    d: {choice: [1, {e: {qnormal: [0, 5, 2]}}]},
    f: {
      pchoice: [
        [0.9, 'x'],
        [0.1, 'y'],
      ],
    },
  })
  const rng = seededRandom(3, 'axes')
  const points = Array.from({length: 300}, () => samplePoint(space, rng))
  for (const axis of axesOf(space, points)) {
    for (const {[axis.label]: value} of points) {
      if (value === undefined) continue
      const share = axis.at(value)
      assert.ok(share >= 0 && share <= 1, `${axis.name} ${value} stands at ${share}`)
    }
  }
})
