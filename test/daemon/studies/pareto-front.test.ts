import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {paretoFront} from '../../../src/daemon/studies/pareto-front.ts'
import type {Objective} from '../../../src/daemon/studies/study.ts'

const maximize: Objective = {metric: 'a', goal: 'maximize'}
const minimize: Objective = {metric: 'b', goal: 'minimize'}

const idsOf = (rows: readonly (readonly number[])[], ...objectives: readonly Objective[]) =>
  paretoFront(
    rows.map((values, id) => ({id, values})),
    objectives,
  ).map(({id}) => id)

test('the front holds what nothing beats in both, the best in the first objective first', () => {
  const rows = [
    [0.7, 30],
    [0.9, 80],
    [0.8, 90],
    [0.5, 10],
    [0.5, 20],
  ]
  assert.deepEqual(idsOf(rows, maximize, minimize), [1, 0, 3])
})

test('of trials with the same values the first is a member, of one objective the first of the best', () => {
  assert.deepEqual(
    idsOf(
      [
        [1, 5],
        [2, 6],
        [1, 5],
        [2, 6],
      ],
      maximize,
      minimize,
    ),
    [1, 0],
  )
  assert.deepEqual(idsOf([[0.5], [0.7], [0.7]], maximize), [1])
  assert.deepEqual(idsOf([], maximize, minimize), [])
})

/** Few values, so that ties and equals are common. */
const someRows = fc.array(fc.tuple(fc.integer({min: 0, max: 6}), fc.integer({min: 0, max: 6})))

test('no member is dominated, and whoever is no member is dominated by one, or the equal of an earlier one', () => {
  const goals = fc.constantFrom<Objective['goal']>('maximize', 'minimize')
  fc.assert(
    fc.property(someRows, goals, goals, (rows, first, second) => {
      const objectives = [
        {metric: 'a', goal: first},
        {metric: 'b', goal: second},
      ]
      const members = idsOf(rows, ...objectives)
      const isNoWorse = (a: number, b: number) =>
        objectives.every(({goal}, i) =>
          goal === 'maximize' ? rows[a][i] >= rows[b][i] : rows[a][i] <= rows[b][i],
        )
      const dominates = (a: number, b: number) => isNoWorse(a, b) && !isNoWorse(b, a)
      const all = rows.map((_, id) => id)
      for (const id of all) {
        if (members.includes(id)) {
          assert.ok(!all.some((other) => dominates(other, id)))
        } else {
          assert.ok(
            members.some(
              (member) => dominates(member, id) || (isNoWorse(member, id) && member < id),
            ),
          )
        }
      }
    }),
  )
})
