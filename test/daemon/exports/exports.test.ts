import assert from 'node:assert/strict'
import {test} from 'node:test'
import {exportStudy} from '../../../src/daemon/exports/formats.ts'
import {
  settingsJson,
  studyJson,
  summaryJson,
  trialJson,
} from '../../../src/daemon/exports/study-json.ts'
import type {Score, Study, Trial} from '../../../src/daemon/studies/study.ts'
import {readStudyFile} from '../../../src/daemon/submissions/study-file.ts'
import {completeTrial, failedTrial, runningStudy} from '../../fixtures/studies.ts'

const score: Score = {
  params: {lr: 0.01},
  testAccuracy: 0.75,
  interval95: [0.7, 0.8],
  perClass: [
    {name: 'cat', count: 2, accuracy: 0.5},
    {name: 'dog', count: 2, accuracy: 1},
  ],
  confusion: [
    [1, 1],
    [0, 2],
  ],
  samplesPerSecond: 5000,
  durationMs: 900,
  backend: 'wasm',
}

const nested: Trial = {
  ...completeTrial(2, 0.9),
  params: {optimizer: {name: 'adam', beta1: 0.9}, note: '=1+1, "quoted"'},
}

const study: Study = {
  ...runningStudy(),
  trials: [completeTrial(0, 0.5), failedTrial(1, 'diverged'), nested],
  activeMs: 1500,
  score,
}

test('CSV has a row a trial, a column a parameter, and defuses what a spreadsheet would run', () => {
  const {fileName, contentType, text} = exportStudy(study, 'csv')
  assert.equal(fileName, 'some-study-1.csv')
  assert.equal(contentType, 'text/csv; charset=utf-8')
  assert.deepEqual(text.split('\r\n'), [
    'trial,state,value,reason,started_at,duration_ms,samples_per_second,epochs,params.lr,params.optimizer.name,params.optimizer.beta1,params.note,val_accuracy',
    '0,complete,0.5,,1970-01-01T00:00:02.000Z,500,1000,1,0.01,,,,0.5',
    '1,failed,,It diverged.,1970-01-01T00:00:02.000Z,500,,0,0.01,,,,',
    '2,complete,0.9,,1970-01-01T00:00:02.000Z,500,1000,1,,adam,0.9,"\'=1+1, ""quoted""",0.9',
    '',
  ])
})

test('JSON holds the study, its trials and its score', () => {
  const exported = JSON.parse(exportStudy(study, 'json').text)
  assert.deepEqual(Object.keys(exported), [
    'id',
    'name',
    'state',
    'created_at',
    'active_ms',
    'trial_counts',
    'best',
    'settings',
    'score',
    'trials',
  ])
  assert.deepEqual(exported.best, {id: 2, value: 0.9, params: nested.params})
  assert.deepEqual(exported.trials[1].reason, {kind: 'diverged', message: 'It diverged.'})
  assert.equal(exported.score.test_accuracy, 0.75)
  assert.deepEqual(
    exported,
    JSON.parse(
      JSON.stringify({
        ...studyJson(study),
        trials: study.trials.map((trial) => trialJson(trial, study.settings.objectives)),
      }),
    ),
  )
})

test('the report names the best setting, the test score and every trial', () => {
  const {text} = exportStudy(
    {...study, settings: {...study.settings, name: 'a | b <script>'}},
    'md',
  )
  assert.match(text, /^# a \\\| b &lt;script>\n/)
  assert.match(text, /\*\*75\.0 %\*\* \(95 % interval 70\.0 % to 80\.0 %\)/)
  assert.match(text, /\| 1 \| failed: It diverged\. \|/)
  assert.match(text, /\| dog \| 0 \| 2 \|/)
})

test('the settings of a study can be queued again as they are', () => {
  const again = readStudyFile(settingsJson(study), ['rail-signals'])
  assert.ok(again.ok)
  assert.deepEqual(again.value.budget, study.settings.budget)
  assert.deepEqual(again.value.spaceSource, study.settings.spaceSource)
})

test('the summary says null where there is nothing to say', () => {
  const {type, best, test_accuracy, confusion, backend, seed} = summaryJson(runningStudy())
  assert.deepEqual(
    {type, best, test_accuracy, confusion, backend, seed},
    {type: 'summary', best: null, test_accuracy: null, confusion: null, backend: null, seed: 7},
  )
})
