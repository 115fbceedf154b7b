import assert from 'node:assert/strict'
import {test} from 'node:test'
import {resultText} from '../../src/cli/result-text.ts'
import {completeTrial, runningStudy, spreadTrials} from '../fixtures/studies.ts'

test('the end of a study tells what mattered, once there were enough trials', () => {
  const study = runningStudy()
  const many = resultText({...study, trials: spreadTrials(30)})
  assert.ok(
    many.some((line) =>
      /^What matters for val_accuracy: lr \d+ %; interactions and chance \d+ %\.$/.test(line),
    ),
    many.join('\n'),
  )
  const few = resultText({...study, trials: [completeTrial(0, 0.5)]})
  assert.doesNotMatch(few.join('\n'), /What matters/)
})
