import assert from 'node:assert/strict'
import {test} from 'node:test'
import {envelopeOf, stepsOnly} from '../../../src/ui/parts/envelope.ts'
import {evenly} from '../../../src/ui/parts/sampled.ts'
import {addressOf, readTrialsQuery} from '../../../src/ui/parts/trials-query.ts'
import {valueScale} from '../../../src/ui/parts/value-scale.ts'

test('few points stay as they are, of many the extremes stay', () => {
  const few = [
    [0, 1],
    [1, 5],
  ] as const
  assert.deepEqual(envelopeOf(few), {points: few, every: 1})
  const many = Array.from({length: 4000}, (_, i) => [i, i === 2345 ? 99 : i % 7] as const)
  const {points, every} = envelopeOf(many)
  assert.ok(points.length <= 800)
  assert.equal(every, 10)
  assert.ok(points.some(([x, y]) => x === 2345 && y === 99))
  assert.deepEqual(
    points.map(([x]) => x),
    points.map(([x]) => x).toSorted((a, b) => a - b),
  )
})

test('steps keep their corners and their end', () => {
  assert.deepEqual(
    stepsOnly([
      [0, 1],
      [1, 1],
      [2, 3],
      [3, 3],
      [4, 3],
    ]),
    [
      [0, 1],
      [2, 3],
      [4, 3],
    ],
  )
})

test('an even choice has both ends', () => {
  const chosen = evenly(
    Array.from({length: 101}, (_, i) => i),
    5,
  )
  assert.deepEqual(chosen, [0, 25, 50, 75, 100])
})

test('a few wild values do not press the others together', () => {
  const losses = [...Array.from({length: 40}, (_, i) => 1 + i / 40), 1e9]
  const scale = valueScale(losses, {metric: 'loss', goal: 'minimize'})
  assert.ok(scale.high < 10)
  assert.deepEqual([scale.beyond, scale.at(1e9), scale.at(1)], [1, 1, 0])
  const tame = valueScale([0.2, 0.5, 0.9], {metric: 'val_accuracy', goal: 'maximize'})
  assert.deepEqual([tame.low, tame.high, tame.beyond], [0.2, 0.9, 0])
  const flat = valueScale([0.5, 0.5], {metric: 'val_accuracy', goal: 'maximize'})
  assert.ok(flat.low < 0.5 && flat.high > 0.5)
})

test('an address says again what was read from one', () => {
  for (const address of [
    '?',
    '?sort=best',
    '?sort=best&order=down',
    '?sort=number&order=up&state=failed',
    '?sort=param.lr&min.lr=0.1&is.batch=16&curves=3%2C4&page=2',
  ]) {
    const query = readTrialsQuery(new URLSearchParams(address))
    assert.equal(addressOf(query, {page: query.page}), address)
  }
})
