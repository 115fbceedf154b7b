import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {
  chebyshevScalarization,
  rankByDomination,
} from '../../../src/daemon/optimizers/objectives.ts'
import {handlesSeveralObjectives, suggestPoint} from '../../../src/daemon/optimizers/suggest.ts'
import {paramsOf} from '../../../src/daemon/space/sample.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

const failed = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]

/** Few values, so that ties and equals are common; some trials failed. */
const someLosses = fc.array(
  fc.oneof(
    {weight: 6, arbitrary: fc.tuple(fc.integer({min: 0, max: 8}), fc.integer({min: 0, max: 8}))},
    {weight: 1, arbitrary: fc.constant(failed)},
  ),
  {maxLength: 25},
)

const dominates = (a: readonly number[], b: readonly number[]) =>
  a.every((loss, i) => loss <= b[i]) && a.some((loss, i) => loss < b[i])

test('each trial gets a place of its own, what dominates it before it, a failed one at infinity', () => {
  fc.assert(
    fc.property(someLosses, (losses) => {
      const places = rankByDomination(losses)
      const finite = places.filter(Number.isFinite).sort((a, b) => a - b)
      assert.deepEqual(
        finite,
        finite.map((_, i) => i),
      )
      losses.forEach((row, i) => {
        assert.equal(places[i] === Number.POSITIVE_INFINITY, row === failed)
        losses.forEach((other, j) => {
          if (dominates(row, other)) assert.ok(places[i] < places[j])
        })
      })
    }),
  )
})

/** The area between the points and the reference, summed up strip by strip: slow and plain. */
const hypervolume = (points: readonly (readonly number[])[], reference: readonly number[]) => {
  const xs = [...new Set(points.map(([x]) => x)), reference[0]].sort((a, b) => a - b)
  return xs.slice(1).reduce((sum, right, i) => {
    const lowest = Math.min(...points.filter(([x]) => x <= xs[i]).map(([, y]) => y))
    return sum + (right - xs[i]) * (reference[1] - lowest)
  }, 0)
}

test('within a rank, each next trial is the one that adds most to the hypervolume', () => {
  const front = fc
    .uniqueArray(fc.integer({min: 0, max: 1000}), {minLength: 2, maxLength: 9})
    .chain((xs) =>
      fc
        .uniqueArray(fc.integer({min: 0, max: 1000}), {minLength: xs.length, maxLength: xs.length})
        .map((ys) => {
          const falling = ys.toSorted((a, b) => b - a)
          return xs.toSorted((a, b) => a - b).map((x, i): readonly number[] => [x, falling[i]])
        }),
    )
  fc.assert(
    fc.property(front, (losses) => {
      const reference = [0, 1].map((j) => {
        const values = losses.map((row) => row[j])
        return Math.max(...values) + 0.1 * (Math.max(...values) - Math.min(...values))
      })
      const places = rankByDomination(losses)
      const inOrder = losses.toSorted(
        (a, b) => places[losses.indexOf(a)] - places[losses.indexOf(b)],
      )
      inOrder.forEach((next, count) => {
        const volumeWith = (row: readonly number[]) =>
          hypervolume([...inOrder.slice(0, count), row], reference)
        const most = Math.max(...inOrder.slice(count).map(volumeWith))
        assert.ok(Math.abs(volumeWith(next) - most) <= 1e-9 * most)
      })
    }),
  )
})

test('units and offsets of the losses change no place, and one objective stays as it is', () => {
  const losses = [
    [3, 1],
    [1, 3],
    [2, 2],
    [2.5, 1.2],
    [4, 4],
    [2, 2],
  ]
  const places = rankByDomination(losses)
  assert.deepEqual(places, rankByDomination(losses.map(([a, b]) => [1000 * a - 700, b])))
  assert.equal(places[4], 5)
  assert.deepEqual(rankByDomination([[0.5], [-2], [Number.POSITIVE_INFINITY]]), [
    0.5,
    -2,
    Number.POSITIVE_INFINITY,
  ])
})

test('the scalarization keeps what dominates ahead, and failed trials at infinity', () => {
  fc.assert(
    fc.property(someLosses, fc.nat(), fc.nat(), (losses, seed, trial) => {
      const scalars = chebyshevScalarization(losses, {seed, trial})
      assert.ok(scalars.every((one) => !Number.isNaN(one)))
      losses.forEach((row, i) => {
        assert.equal(scalars[i] === Number.POSITIVE_INFINITY, row === failed)
        losses.forEach((other, j) => {
          if (dominates(row, other)) assert.ok(scalars[i] < scalars[j])
        })
      })
    }),
  )
})

test('the scalarization is repeated by seed and trial, and over trials the whole front has its turn', () => {
  const losses = Array.from({length: 9}, (_, i) => [i, (8 - i) ** 2])
  const best = (trial: number) => {
    const scalars = chebyshevScalarization(losses, {seed: 5, trial})
    assert.deepEqual(scalars, chebyshevScalarization(losses, {seed: 5, trial}))
    return scalars.indexOf(Math.min(...scalars))
  }
  const winners = new Set(Array.from({length: 200}, (_, trial) => best(trial)))
  assert.equal(winners.size, losses.length)
})

test('tpe finds more of a front than chance does', () => {
  const box = spaceOf({x: {uniform: [0, 1]}, a: {uniform: [0, 1]}, b: {uniform: [0, 1]}})
  // ZDT1 of three variables: the front is a = b = 0.
  const lossesAt = ({x, a, b}: Readonly<Record<string, number>>) => {
    const g = 1 + 4.5 * (a + b)
    return [x, g * (1 - Math.sqrt(x / g))]
  }
  const reached = (name: 'tpe' | 'random', seed: number) => {
    const history: {trial: number; point: Record<string, number>; losses: number[]}[] = []
    for (let trial = 0; trial < 120; trial++) {
      const point = suggestPoint(name, {space: box, history, pending: [], seed, trial})
      history.push({trial, point, losses: lossesAt(paramsOf(box, point) as Record<string, number>)})
    }
    return hypervolume(
      history.map(({losses}) => losses).filter(([, y]) => y < 6),
      [1, 6],
    )
  }
  for (const seed of [1, 2, 3]) assert.ok(reached('tpe', seed) > reached('random', seed))
  assert.ok(handlesSeveralObjectives('tpe'))
  assert.ok(!handlesSeveralObjectives('random'))
})
