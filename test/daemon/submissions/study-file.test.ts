import assert from 'node:assert/strict'
import {test} from 'node:test'
import {trialsAtOnce} from '../../../src/daemon/submissions/host.ts'
import {readStudyFile} from '../../../src/daemon/submissions/study-file.ts'

const datasets = ['rail-signals', 'fashion-mnist']

const file = {
  name: 'simpsons-lenet',
  dataset: 'rail-signals',
  model: 'lenet5',
  space: {
    lr: {loguniform: [0.0001, 0.3]},
    batch: {choice: [16, 32]},
    epochs: {uniformint: [1, 10]},
  },
  optimizer: 'auto',
  objective: {metric: 'val_accuracy', goal: 'maximize'},
  budget: {trials: 100},
  seed: 7,
  limits: {temperature_c: 75},
}

const settingsOf = (source: unknown) => {
  const read = readStudyFile(source, datasets)
  assert.ok(read.ok, JSON.stringify(read))
  return read.value
}

const problemsOf = (change: object): readonly string[] => {
  const read = readStudyFile({...file, ...change}, datasets)
  assert.ok(!read.ok)
  return read.problems
}

test('a full study file is taken word by word', () => {
  const {space, spaceSource, ...rest} = settingsOf(file)
  assert.deepEqual(
    space.parameters.map(({label}) => label),
    ['lr', 'batch', 'epochs'],
  )
  assert.deepEqual(spaceSource, file.space)
  assert.deepEqual(rest, {
    name: 'simpsons-lenet',
    task: {kind: 'model', model: 'lenet5', dataset: 'rail-signals'},
    optimizer: 'auto',
    objectives: [{metric: 'val_accuracy', goal: 'maximize'}],
    budget: {trials: 100},
    seed: 7,
    parallel: 1,
    validationShare: 0.2,
    baseline: false,
    temperatureLimitC: 75,
  })
})

test('a short study file gets good defaults', () => {
  const {name, dataset, space} = file
  const settings = settingsOf({name, dataset, space, budget: {hours: 2}})
  assert.deepEqual(settings.objectives, [{metric: 'val_accuracy', goal: 'maximize'}])
  assert.deepEqual([settings.optimizer, settings.seed, settings.budget], ['auto', 0, {hours: 2}])
})

test('a command takes the place of model and data set', () => {
  const {name, budget} = file
  const command = {
    name,
    budget,
    command: 'train --lr {lr}',
    space: {anything: {uniform: [0, 1]}},
    objective: {metric: 'loss', goal: 'minimize'},
  }
  assert.deepEqual(settingsOf(command).task, {kind: 'command', command: 'train --lr {lr}'})
  const {objective: _, ...without} = command
  const read = readStudyFile(without, datasets)
  assert.deepEqual(read, {
    ok: false,
    problems: ['objective: expected `metric` and `goal` for a command, got nothing.'],
  })
})

test('every mistake is told at once, each in one line that starts with its place', () => {
  assert.deepEqual(
    problemsOf({
      dataset: 'mnist',
      budget: {},
      space: {lr: {uniform: [1, 0]}, x: {normal: [0, -1]}},
    }).map((problem) => problem.split(':')[0]),
    ['dataset', 'budget', 'space.lr', 'space.x'],
  )
})

test('a mistyped setting is named, with what there is', () => {
  assert.match(
    problemsOf({optimiser: 'tpe'})[0] ?? '',
    /^optimiser: not a setting of a study file\. It takes name, dataset, /,
  )
  assert.match(problemsOf({budget: {trails: 3}})[0] ?? '', /^budget\.trails: not a setting/)
})

test('values of the wrong kind say what was expected and what was found', () => {
  assert.match(problemsOf({seed: -1})[0] ?? '', /^seed: .*0.*, got -1\.$/)
  assert.match(
    problemsOf({optimizer: 'magic'})[0] ?? '',
    /^optimizer: .*"auto".*"tpe".*, got "magic"\.$/,
  )
  assert.match(problemsOf({budget: {trials: 2.5}})[0] ?? '', /^budget\.trials: .*, got 2\.5\.$/)
  assert.match(problemsOf({name: ''})[0] ?? '', /^name: .*, got ""\.$/)
})

test('a file that is no study at all is one line', () => {
  for (const source of ['hello', null, [], 7]) {
    const read = readStudyFile(source, datasets)
    assert.ok(!read.ok)
    assert.equal(read.problems.length, 1)
    assert.match(read.problems[0] ?? '', /^study: /)
  }
})

test('what the model cannot tune or use is refused before the first trial', () => {
  assert.match(
    problemsOf({space: {learning_rate: {uniform: [0, 1]}}})[0] ?? '',
    /^space\.learning_rate: `learning_rate` is not something lenet5 can tune\. It takes lr, /,
  )
  assert.match(
    problemsOf({space: {batch: {uniform: [1, 64]}}})[0] ?? '',
    /^space\.batch: Expected `batch` to be a whole number/,
  )
  assert.match(
    problemsOf({space: {optimizer: {choice: ['sgd', {name: 'lion'}]}}})[0] ?? '',
    /^space\.optimizer: Expected `optimizer` to be one of sgd, adam, rmsprop, got "lion"/,
  )
})

test('a pruner is a name, or an object with settings of its own', () => {
  assert.equal(settingsOf({...file, pruner: 'none'}).pruner, undefined)
  assert.deepEqual(settingsOf({...file, pruner: 'asha'}).pruner, {
    name: 'asha',
    minEpochs: 1,
    reduction: 3,
  })
  assert.deepEqual(settingsOf({...file, pruner: {name: 'median', warmup_epochs: 0}}).pruner, {
    name: 'median',
    startupTrials: 5,
    warmupEpochs: 0,
  })
})

test('a pruner that cannot be used is told with what it takes', () => {
  const told = (pruner: unknown) => problemsOf({pruner})
  assert.deepEqual(told('hyperband'), [
    'pruner: expected one of none, asha, median, got "hyperband".',
  ])
  assert.deepEqual(told({min_epochs: 1}), [
    'pruner.name: expected one of none, asha, median, got nothing.',
  ])
  assert.deepEqual(told({name: 'asha', reduction: 1, eta: 3}), [
    'pruner.reduction: expected a whole number from 2 to 100, got 1.',
    'pruner.eta: not a setting of the pruner asha. It takes min_epochs and reduction.',
  ])
  assert.deepEqual(told({name: 'median', warmup_epochs: 'two'}), [
    'pruner.warmup_epochs: expected a whole number from 0 to 1000, got "two".',
  ])
  assert.deepEqual(
    problemsOf({pruner: 'asha', objective: {metric: 'duration_ms', goal: 'minimize'}}),
    [
      'pruner: expected none with the objective duration_ms, which is known at a trial\'s end alone, got "asha".',
    ],
  )
  assert.deepEqual(told(null), ['pruner: expected one of none, asha, median, got null.'])
})

test('a metric that the model does not report is refused', () => {
  assert.match(
    problemsOf({objective: {metric: 'f1', goal: 'maximize'}})[0] ?? '',
    /^objective\.metric: expected one of val_accuracy, val_loss, train_loss, duration_ms, joules, got "f1"/,
  )
})

const accuracy = {metric: 'val_accuracy', goal: 'maximize'}
const duration = {metric: 'duration_ms', goal: 'minimize'}

test('the objective is one, a list of one, or a list of two', () => {
  for (const [objective, objectives] of [
    [duration, [duration]],
    [[accuracy], [accuracy]],
    [
      [accuracy, duration],
      [accuracy, duration],
    ],
  ]) {
    assert.deepEqual(settingsOf({...file, objective}).objectives, objectives)
  }
})

test('an objective that cannot be pursued is one line with its place', () => {
  const lines = (objective: unknown, change: object = {}) => problemsOf({...change, objective})
  assert.deepEqual(lines([accuracy, duration, {metric: 'val_loss', goal: 'minimize'}]).length, 1)
  assert.match(
    lines([accuracy, duration, accuracy])[0] ?? '',
    /^objective: expected one objective or a list of two, got \[/,
  )
  assert.match(lines([])[0] ?? '', /^objective: expected one objective or a list of two, got \[\]/)
  assert.deepEqual(lines('val_accuracy'), [
    'objective: expected one objective or a list of two, each with `metric` and `goal`, got "val_accuracy".',
  ])
  assert.deepEqual(lines([accuracy, {...accuracy, goal: 'minimize'}]), [
    'objective.1.metric: expected another metric than the first one\'s, got "val_accuracy" again.',
  ])
  assert.match(
    lines([accuracy, {metric: 'f1', goal: 'maximize'}])[0] ?? '',
    /^objective\.1\.metric: expected one of val_accuracy, .*, got "f1"\.$/,
  )
  assert.match(
    lines([accuracy, {metric: 'joules', goal: 'smallest'}])[0] ?? '',
    /^objective\.1\.goal: .*"minimize".*, got "smallest"\.$/,
  )
  assert.match(lines({metric: 'loss'})[0] ?? '', /^objective\.goal: .*, got nothing\.$/)
  assert.match(
    lines({...accuracy, weight: 2})[0] ?? '',
    /^objective\.weight: not a setting of a study file/,
  )
})

test('two objectives with an optimizer that knows only one are refused, and told which can', () => {
  assert.deepEqual(problemsOf({objective: [accuracy, duration], optimizer: 'random'}), [
    'optimizer: expected one that can pursue two objectives (auto, tpe), got "random".',
  ])
  assert.equal(
    settingsOf({...file, objective: [duration], optimizer: 'random'}).optimizer,
    'random',
  )
})

test('energy is refused where it is known that nothing measures the power', () => {
  const joules = {...file, objective: [accuracy, {metric: 'joules', goal: 'minimize'}]}
  assert.equal(settingsOf(joules).objectives[1]?.metric, 'joules')
  assert.ok(readStudyFile(joules, datasets, {measuresPower: true, trialsAtOnce: 1}).ok)
  assert.deepEqual(readStudyFile(joules, datasets, {measuresPower: false, trialsAtOnce: 1}), {
    ok: false,
    problems: [
      'objective.1.metric: expected what can be measured, got "joules", but this machine has no sensor of its power. Try duration_ms.',
    ],
  })
})

test('settings to try first become points of the space', () => {
  const first = [
    {lr: 0.01, batch: 32, epochs: 5},
    {epochs: 10, batch: 16, lr: 0.3},
  ]
  assert.deepEqual(settingsOf({...file, first}).first, [
    {lr: 0.01, batch: 1, epochs: 5},
    {lr: 0.3, batch: 0, epochs: 10},
  ])
  assert.ok(!('first' in settingsOf(file)))
  assert.deepEqual(
    problemsOf({
      first: [
        {lr: 1, batch: 32, epochs: 5},
        {lr: 0.1, batch: 16},
      ],
    }),
    [
      'first.0.lr: expected a number from 0.0001 to 0.3, got 1.',
      'first.1.epochs: expected a whole number from 1 to 10, got nothing. Add it.',
    ],
  )
  assert.match(problemsOf({first: {lr: 0.1}})[0] ?? '', /^first: expected array, got /)
})

test('trials side by side are as many as the machine bears, where the file says nothing', () => {
  const host = {measuresPower: true, trialsAtOnce: 3}
  const parallelOf = (source: object) => {
    const read = readStudyFile(source, datasets, host)
    assert.ok(read.ok)
    return read.value.parallel
  }
  assert.equal(parallelOf(file), 3)
  assert.equal(parallelOf({...file, parallel: 2}), 2)
  // A trial beside it would change what is measured.
  assert.equal(parallelOf({...file, objective: {metric: 'duration_ms', goal: 'minimize'}}), 1)
  const {dataset: _, model: __, ...command} = file
  const objective = {metric: 'loss', goal: 'minimize'}
  const space = {x: {uniform: [0, 1]}}
  assert.equal(parallelOf({...command, command: 'echo {x}', space, objective}), 1)
})

test('a machine bears as many trials as it has cores to spare and memory for', () => {
  const linux = {kind: 'linux', cores: 8, memoryBytes: 16e9}
  assert.equal(trialsAtOnce(linux), 7)
  assert.equal(trialsAtOnce({...linux, memoryBytes: 2 ** 31}), 2)
  assert.equal(trialsAtOnce({...linux, cores: 1, memoryBytes: 0}), 1)
  assert.equal(trialsAtOnce({...linux, cores: 128, memoryBytes: 1e12}), 16)
  assert.equal(trialsAtOnce({...linux, kind: 'jetson'}), 1)
})

test('how long a program may be silent is said beside its command alone', () => {
  assert.match(
    problemsOf({silence_s: 60})[0] ?? '',
    /^silence_s: expected it beside `command` alone, got it without one\. .*SIMMER_SILENCE_S\.$/,
  )
})
