import assert from 'node:assert/strict'
import {test} from 'node:test'
import {misfits} from '../fixtures/json-schema.ts'

const named = {
  Trial: {
    type: 'object',
    required: ['id'],
    properties: {
      id: {type: 'integer', minimum: 0},
      state: {enum: ['complete', 'failed']},
      at: {type: 'string', format: 'date-time'},
      values: {type: 'object', additionalProperties: {type: 'number'}},
      params: {type: 'object', additionalProperties: true},
      reason: {anyOf: [{type: 'null'}, {type: 'string', minLength: 1}]},
    },
  },
}
const trials = {type: 'array', maxItems: 2, items: {$ref: '#/components/schemas/Trial'}}

test('what is as described has no misfit', () => {
  const trial = {id: 1, state: 'failed', at: '2026-11-24T10:00:00Z', values: {a: 1}, reason: null}
  assert.deepEqual(misfits([trial, {id: 0, params: {x: [{}]}}], trials, named), [])
})

test('every kind of misfit is found, with its place', () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [{}, /^answer: expected type "array"/],
    [[{id: 1}, {id: 2}, {id: 3}], /maxItems 2/],
    [[{}], /^answer\[0\]: id is missing$/],
    [[{id: 1.5}], /^answer\[0\]\.id: expected type "integer"/],
    [[{id: -1}], /minimum 0/],
    [[{id: 1, state: 'lost'}], /^answer\[0\]\.state: expected enum/],
    [[{id: 1, at: 'noon'}], /format "date-time"/],
    [[{id: 1, values: {a: '1'}}], /^answer\[0\]\.values\.a: expected type "number"/],
    [[{id: 1, reason: ''}], /fits none/],
    [[{id: 1, loss: 2}], /^answer\[0\]\.loss is not described$/],
  ]
  for (const [value, sentence] of cases) {
    assert.match(misfits(value, trials, named)[0] ?? 'none', sentence)
  }
  assert.throws(() => misfits(1, {multipleOf: 2}, named), /multipleOf is not known/)
})
