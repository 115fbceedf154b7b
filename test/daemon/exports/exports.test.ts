import assert from 'node:assert/strict'
import {test} from 'node:test'
import {exportStudy} from '../../../src/daemon/exports/formats.ts'
import {
  importanceJson,
  settingsJson,
  studyJson,
  summaryJson,
  trialJson,
} from '../../../src/daemon/exports/study-json.ts'
import type {Score, Spent, Study, Trial} from '../../../src/daemon/studies/study.ts'
import {readStudyFile} from '../../../src/daemon/submissions/study-file.ts'
import {
  completeTrial,
  failedTrial,
  prunedTrial,
  runningStudy,
  spreadTrials,
  twoObjectives,
} from '../../fixtures/studies.ts'

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
  trials: [completeTrial(0, 0.5), failedTrial(1, 'diverged'), nested, prunedTrial(3, 0.2)],
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
    '3,pruned,0.2,Epoch 1: val_accuracy 0.2 is not the best of 2 trials.,1970-01-01T00:00:02.000Z,100,,1,0.01,,,,0.2',
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
  assert.deepEqual([exported.trials[3].state, exported.trials[3].value], ['pruned', 0.2])
  assert.equal(exported.trials[3].reason.kind, 'asha')
  assert.equal(exported.trial_counts.pruned, 1)
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
  assert.match(text, /\| 3 \| pruned: Epoch 1: val_accuracy 0\.2 is not .* \| 0\.2000 \|/)
  assert.match(text, /\| trials \| 2 complete, 1 pruned, 1 failed \|/)
  assert.match(text, /\| dog \| 0 \| 2 \|/)
})

test('a pruner can be queued again as it was', () => {
  for (const pruner of [
    {name: 'asha', minEpochs: 2, reduction: 4},
    {name: 'median', startupTrials: 3, warmupEpochs: 0},
    undefined,
  ] as const) {
    const settings = {...study.settings, ...(pruner ? {pruner} : {})}
    const again = readStudyFile(settingsJson({...study, settings}), ['rail-signals'])
    assert.ok(again.ok)
    assert.deepEqual(again.value.pruner, pruner)
  }
})

test('the report says what matters, or why that cannot be told', () => {
  const {text} = exportStudy({...study, trials: spreadTrials(30)}, 'md')
  assert.match(text, /\n## What matters\n\n.*functional ANOVA.* 30 complete trials\./)
  assert.match(text, /\n\| lr \| (9\d|100)\.\d % \|\n\| interactions and chance \| \d\.\d % \|\n/)
  assert.match(text, /\n\| parameter \| share in val_accuracy \|\n/)
  assert.match(
    exportStudy(study, 'md').text,
    /\n## What matters\n\nval_accuracy: It takes 10 complete trials/,
  )
})

test('what matters is told as JSON, or the reason why not', () => {
  assert.match(
    JSON.stringify(importanceJson({...study, trials: spreadTrials(30)})),
    /^{"method":"functional-anova","trials":30,"objectives":\[{"metric":"val_accuracy","parameters":\[{"label":"lr","name":"lr","share":(0\.9\d*|1)}\],"rest":0(\.0\d*)?}\]}$/,
  )
  assert.deepEqual(importanceJson(study), {
    method: 'functional-anova',
    trials: 2,
    objectives: [
      {
        metric: 'val_accuracy',
        parameters: [],
        rest: null,
        reason: 'It takes 10 complete trials to tell what matters; so far there are 2.',
      },
    ],
  })
})

test('the settings of a study can be queued again as they are', () => {
  const again = readStudyFile(settingsJson(study), ['rail-signals'])
  assert.ok(again.ok)
  assert.deepEqual(again.value.budget, study.settings.budget)
  assert.deepEqual(again.value.spaceSource, study.settings.spaceSource)
})

test('settings to try first are written as trials are given them', () => {
  const first = [{lr: 0.02}, {lr: 0.05}]
  const written = settingsJson(runningStudy({first}))
  assert.deepEqual(written.first, first)
  const again = readStudyFile(written, ['rail-signals'])
  assert.ok(again.ok)
  assert.deepEqual(again.value.first, first)
})

test('the summary says null where there is nothing to say', () => {
  const {type, best, test_accuracy, confusion, backend, seed} = summaryJson(runningStudy())
  assert.deepEqual(
    {type, best, test_accuracy, confusion, backend, seed},
    {type: 'summary', best: null, test_accuracy: null, confusion: null, backend: null, seed: 7},
  )
})

const twofold: Study = {
  ...runningStudy({objectives: twoObjectives}),
  trials: [
    completeTrial(0, 0.5, 200),
    failedTrial(1),
    completeTrial(2, 0.9, 700),
    completeTrial(3, 0.4, 300),
  ],
}

test('with two objectives JSON holds both values and the front; one objective looks as ever', () => {
  const exported = JSON.parse(exportStudy(twofold, 'json').text)
  const [dear, cheap] = [
    {id: 2, value: 0.9, values: {val_accuracy: 0.9, duration_ms: 700}, params: {lr: 0.01}},
    {id: 0, value: 0.5, values: {val_accuracy: 0.5, duration_ms: 200}, params: {lr: 0.01}},
  ]
  assert.deepEqual([exported.best, exported.front], [dear, [dear, cheap]])
  assert.deepEqual(exported.trials[3].values, {val_accuracy: 0.4, duration_ms: 300})
  assert.equal(exported.trials[1].values, undefined)
  assert.deepEqual(summaryJson(twofold).front, [dear, cheap])
  assert.deepEqual(exported.settings.objective, twoObjectives)
  const alone = JSON.parse(exportStudy(study, 'json').text)
  assert.deepEqual(
    [alone.front, alone.best.values, alone.trials[0].values, alone.settings.objective],
    [undefined, undefined, undefined, {metric: 'val_accuracy', goal: 'maximize'}],
  )
})

test('with two objectives CSV has a column for each value and says who is on the front', () => {
  const lines = exportStudy(twofold, 'csv').text.split('\r\n')
  assert.match(
    lines[0] ?? '',
    /,epochs,values\.val_accuracy,values\.duration_ms,front,params\.lr,val_accuracy$/,
  )
  assert.match(lines[1] ?? '', /^0,complete,0\.5,.*,1,0\.5,200,true,0\.01,0\.5$/)
  assert.match(lines[2] ?? '', /^1,failed,.*,0,,,,0\.01,$/)
  assert.match(lines[4] ?? '', /,0\.4,300,false,/)
})

test('with two objectives the report has the front as a table, and both values of each trial', () => {
  const {text} = exportStudy(twofold, 'md')
  assert.match(text, /\| objective \| maximize val_accuracy, minimize duration_ms \|/)
  assert.match(
    text,
    /## Pareto front\n\n.*\n\n\| trial \| val_accuracy \| duration_ms \| lr \|\n.*\n\| 2 \| 0\.9000 \| 700 \| 0\.01000 \|\n\| 0 \| 0\.5000 \| 200 \| 0\.01000 \|\n\n/,
  )
  assert.match(text, /\| 3 \| complete \| 0\.4000 \| 300 \| 0\.01000 \|/)
  assert.match(text, /\| 1 \| failed: It crashed\. \| {2}\| {2}\| 0\.01000 \|/)
  const again = readStudyFile(settingsJson(twofold), ['rail-signals'])
  assert.deepEqual(again.ok && again.value.objectives, twoObjectives)
})

const spending = (trial: Trial, spent: Spent): Trial => Object.assign({}, trial, spent)

test('energy and mean power are there where they were measured, and nowhere else', () => {
  const measured: Study = {
    ...study,
    energy: {joules: 7_200, measuredMs: 1_000_000},
    trials: [
      spending(completeTrial(0, 0.5), {durationMs: 60_000, joules: 360}),
      spending(failedTrial(1, 'diverged'), {durationMs: 30_000, joules: 180}),
      spending(prunedTrial(2, 0.2), {durationMs: 10_000, joules: 36}),
      completeTrial(3, 0.4),
    ],
  }
  const json = JSON.parse(exportStudy(measured, 'json').text)
  assert.deepEqual([json.energy_wh, json.mean_power_w], [2, 7.2])
  assert.deepEqual([summaryJson(measured).energy_wh, summaryJson(measured).mean_power_w], [2, 7.2])
  assert.deepEqual(
    json.trials.map((one: {energy_wh?: number; mean_power_w?: number}) => [
      one.energy_wh,
      one.mean_power_w,
    ]),
    [
      [0.1, 6],
      [0.05, 6],
      [0.01, 3.6],
      [undefined, undefined],
    ],
  )
  const [header, first, , , last] = exportStudy(measured, 'csv').text.split('\r\n')
  assert.match(header ?? '', /,epochs,energy_wh,mean_power_w,params\.lr,/)
  assert.match(first ?? '', /,1,0\.1,6,0\.01,/)
  assert.match(last ?? '', /,1,,,0\.01,/)
  const report = exportStudy(measured, 'md').text
  assert.match(report, /\| energy \| 2 Wh, 7\.2 W in the mean \|/)
  assert.match(report, /\| trial \| state \| value \| energy \| lr \|/)
  assert.match(report, /\| 0\.5000 \| 0\.1000 Wh, 6\.0 W in the mean \|/)
  assert.doesNotMatch(exportStudy(study, 'md').text, /energy/)
})

test('a silence that a study allows its program is a part of its settings', () => {
  const file = {
    name: 'quiet',
    command: 'train {lr}',
    silence_s: 600,
    space: {lr: {uniform: [0, 1]}},
    objective: {metric: 'loss', goal: 'minimize'},
    budget: {trials: 1},
  }
  const settings = readStudyFile(file, [])
  assert.ok(settings.ok)
  const written = settingsJson({...study, settings: settings.value})
  assert.equal(written.silence_s, 600)
  assert.deepEqual(readStudyFile(written, []), settings)
})
