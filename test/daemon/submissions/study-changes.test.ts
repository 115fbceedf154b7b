import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readStudyChanges, reviseStudy} from '../../../src/daemon/submissions/study-changes.ts'
import {runningStudy} from '../../fixtures/studies.ts'

const problemsOf = (source: unknown): readonly string[] => {
  const read = readStudyChanges(source)
  return read.ok ? [] : read.problems
}

test('what is to change is read in the words of the study file', () => {
  assert.deepEqual(
    readStudyChanges({
      budget: {trials: 9, hours: null},
      limits: {temperature_c: 60},
      notes: 'warm',
    }),
    {ok: true, value: {limits: {trials: 9, hours: null, temperatureLimitC: 60}, notes: 'warm'}},
  )
  assert.deepEqual(readStudyChanges({notes: ''}), {ok: true, value: {notes: ''}})
})

test('what cannot be meant is refused with its place', () => {
  assert.match(problemsOf({budget: {trials: 0}}).join(), /^budget\.trials: .*>=1, got 0/)
  assert.match(problemsOf({budget: {hours: 'two'}}).join(), /^budget\.hours: .*got "two"/)
  assert.match(problemsOf({limits: {temperature_c: 200}}).join(), /^limits\.temperature_c: /)
  assert.match(problemsOf({name: 'x'}).join(), /^name: not something to change of a study/)
  let deep: unknown = 1
  for (let level = 0; level < 20_000; level++) deep = [deep]
  assert.match(problemsOf({notes: deep}).join(), /without end/)
  for (const nonsense of [null, 5, 'x', []]) assert.equal(problemsOf(nonsense).length, 1)
})

test('of several changes all are made or none', () => {
  const study = runningStudy()
  const refused = reviseStudy(study, {limits: {trials: null}, notes: 'x'}, 5)
  assert.equal(refused.ok, false)
  const done = reviseStudy(study, {limits: {trials: 8}, notes: 'x'}, 5)
  assert.ok(done.ok)
  assert.deepEqual([done.value.settings.budget, done.value.notes], [{trials: 8}, 'x'])
})
