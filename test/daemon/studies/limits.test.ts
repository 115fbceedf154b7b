import assert from 'node:assert/strict'
import {test} from 'node:test'
import {changeLimits, limitsOfStudy} from '../../../src/daemon/studies/limits.ts'
import {mayStartAnother} from '../../../src/daemon/studies/summary.ts'
import {
  beginStudy,
  cancelStudy,
  completeStudy,
  mostNoteLetters,
  noteOn,
  pauseStudy,
  startTrial,
} from '../../../src/daemon/studies/transitions.ts'
import {exampleScore} from '../../fixtures/fake-daemon.ts'
import {completeTrial, queuedStudy, runningStudy} from '../../fixtures/studies.ts'

const halfWay = {...runningStudy(), trials: [completeTrial(0, 0.5), completeTrial(1, 0.6)]}

const changed = (...given: Parameters<typeof changeLimits>) => {
  const result = changeLimits(...given)
  if (!result.ok) throw new Error(result.problems.join(' '))
  return result.value
}

const problemsOf = (...given: Parameters<typeof changeLimits>) => {
  const result = changeLimits(...given)
  return result.ok ? [] : result.problems
}

test('a study gets other limits and remembers from which trial on they hold', () => {
  const study = changed(halfWay, {trials: 9, hours: 2.5, temperatureLimitC: 60}, 77)
  assert.deepEqual(study.settings.budget, {trials: 9, hours: 2.5})
  assert.equal(study.settings.temperatureLimitC, 60)
  assert.deepEqual(study.limitChanges, [
    {
      atMs: 77,
      trial: 2,
      before: {trials: 4},
      after: {trials: 9, hours: 2.5, temperatureLimitC: 60},
    },
  ])
  const again = changed(study, {trials: null, temperatureLimitC: null}, 78)
  assert.deepEqual(limitsOfStudy(again.settings), {hours: 2.5})
  assert.equal(again.limitChanges?.length, 2)
})

test('limits that are what they were change nothing', () => {
  assert.equal(changed(halfWay, {trials: 4, hours: null}, 77), halfWay)
})

test('limits never go below what is done: just as low ends the study with what has begun', () => {
  const running = startTrial(halfWay, {id: 2, point: {lr: 0.01}, params: {lr: 0.01}}, 5)
  assert.match(problemsOf(running, {trials: 2}, 7).join(), /^budget\.trials: expected 3 or more/)
  const lowered = changed(running, {trials: 3}, 7)
  assert.equal(mayStartAnother(lowered), false)
  const tired = {...halfWay, activeMs: 5_000_000}
  assert.match(problemsOf(tired, {hours: 1}, 7).join(), /^budget\.hours: expected 1\.39 or more/)
  assert.deepEqual(problemsOf(tired, {hours: 1.39}, 7), [])
})

test('a study must end some day', () => {
  assert.match(problemsOf(halfWay, {trials: null}, 7).join(), /^budget: expected `trials`, `hours`/)
  assert.deepEqual(problemsOf(halfWay, {trials: null, hours: 1}, 7), [])
})

test('a study that has ended keeps its limits', () => {
  const canceled = cancelStudy(halfWay, 9)
  assert.ok(canceled.ok)
  for (const ended of [completeStudy(halfWay, 9), canceled.value]) {
    assert.match(problemsOf(ended, {trials: 9}, 10).join(), /Expected an unfinished study/)
  }
})

test('once the final test has begun, the budget stays; the temperature may still change', () => {
  const used = {...halfWay, trials: [0, 1, 2, 3].map((id) => completeTrial(id, 0.5))}
  assert.match(problemsOf(used, {trials: 9}, 7).join(), /^budget: .*final test/)
  assert.deepEqual(problemsOf(used, {temperatureLimitC: 60}, 7), [])
  // It could not be scored: more trials are a way on.
  const paused = pauseStudy(used, 'No score.')
  assert.ok(paused.ok)
  assert.deepEqual(problemsOf(paused.value, {trials: 9}, 7), [])
  const scored = {...paused.value, score: exampleScore()}
  assert.match(problemsOf(scored, {trials: 9}, 7).join(), /final test/)
})

test('a queued study may change too', () => {
  const study = changed(queuedStudy(), {trials: 1}, 7)
  assert.deepEqual(beginStudy(study).settings.budget, {trials: 1})
})

test('notes are kept as they were written but for the white space around them, up to a length', () => {
  const noted = noteOn(halfWay, '  <b>Try</b>\r\nless dropout.\n ')
  assert.ok(noted.ok)
  assert.equal(noted.value.notes, '<b>Try</b>\nless dropout.')
  const without = noteOn(noted.value, ' \n')
  assert.ok(without.ok && !('notes' in without.value))
  const long = noteOn(halfWay, 'x'.repeat(mostNoteLetters + 1))
  assert.match(long.ok ? '' : long.problems.join(), /expected at most 10000 letters, got 10001/)
})
