/** The fields of a new study: their words as a study file and back, what is wrong with each, and their HTML. Pure. */
import {parse as parseYaml, stringify as yamlOf} from 'yaml'
import {reasonOf} from '../../daemon/base/log.ts'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import {settingsJson} from '../../daemon/exports/study-json.ts'
import {type OptimizerName, optimizerNames} from '../../daemon/optimizers/optimizer.ts'
import {type PrunerChoice, prunerChoices} from '../../daemon/pruners/pruner.ts'
import type {Study} from '../../daemon/studies/study.ts'
import type {Machine} from '../../daemon/telemetry/reading.ts'
import {type Html, html} from '../html.ts'
import {
  liveProblemsOf,
  type Problems,
  selectField,
  textareaField,
  textField,
  tick,
} from '../parts/fields.ts'
import {numberOrWords} from '../parts/number-or-words.ts'
import {
  defaultSpaceWords,
  spaceFieldNames,
  spaceFieldset,
  spaceOf,
  wordsOfSpace,
} from './space-fields.ts'

const fieldNames = [
  'name',
  'dataset',
  'objective.0.metric',
  'objective.1.metric',
  'optimizer',
  'pruner',
  'budget.trials',
  'budget.hours',
  'parallel',
  'seed',
  'limits.temperature_c',
  'baseline',
]

/** Whether the study is written as a file and not in fields. */
export const isFileForm = (words: URLSearchParams): boolean => words.has('file')

/** What a problem may belong to. */
export const namesIn = (words: URLSearchParams): readonly string[] =>
  isFileForm(words) ? [] : [...fieldNames, ...spaceFieldNames(words)]

export const defaultWords = (
  datasets: readonly DatasetSummary[],
  number: number,
): URLSearchParams => {
  const dataset = datasets.find(({state}) => state === 'ready') ?? datasets[0]
  return new URLSearchParams([
    ['name', `study-${number}`],
    ['dataset', dataset?.name ?? ''],
    ['objective.0.metric', 'maximize val_accuracy'],
    ['objective.1.metric', ''],
    ['optimizer', 'auto'],
    ['pruner', 'none'],
    ['budget.trials', '30'],
    ['budget.hours', ''],
    ['parallel', ''],
    ['seed', '1'],
    ['limits.temperature_c', ''],
    ['baseline', 'yes'],
    ...defaultSpaceWords(),
  ])
}

/** The ways in which a study may be written into the form, the easiest to read first; the last one always says all of it. */
export const wordsOfStudy = (study: Study): readonly URLSearchParams[] => {
  const {settings} = study
  const {budget} = settings
  const words = new URLSearchParams([
    ['name', settings.name],
    ['dataset', settings.task.kind === 'model' ? settings.task.dataset : ''],
    ...[0, 1].map((i): [string, string] => {
      const one = settings.objectives[i]
      return [`objective.${i}.metric`, one ? `${one.goal} ${one.metric}` : '']
    }),
    ['optimizer', settings.optimizer],
    ['pruner', settings.pruner?.name ?? 'none'],
    ['budget.trials', String(budget.trials ?? '')],
    ['budget.hours', String(budget.hours ?? '')],
    ['parallel', String(settings.parallel)],
    ['seed', String(settings.seed)],
    ['limits.temperature_c', String(settings.temperatureLimitC ?? '')],
    ['baseline', settings.baseline ? 'yes' : ''],
    ...wordsOfSpace(settings.spaceSource),
  ])
  const asText = new URLSearchParams(words)
  asText.set('space-as', 'text')
  return [words, asText, new URLSearchParams([['file', yamlOf(settingsJson(study))]])]
}

/** The form as a study file. Empty fields are left out, so that the daemon's own defaults hold. */
export const studyFileOf = (words: URLSearchParams): Result<unknown> => {
  const file = words.get('file')
  if (file !== null) return parsedFile(file)
  const space = spaceOf(words)
  if (!space.ok) return refuse(...space.problems)
  const text = (name: string) => words.get(name)?.trim() || undefined
  const number = (name: string) => {
    const written = text(name)
    return written === undefined ? undefined : numberOrWords(written)
  }
  const temperatureC = number('limits.temperature_c')
  return ok(
    withoutUndefined({
      name: text('name'),
      dataset: text('dataset'),
      model: 'lenet5',
      space: space.value,
      objective: [text('objective.0.metric'), text('objective.1.metric')].flatMap(objectiveOf),
      optimizer: text('optimizer'),
      pruner: text('pruner'),
      budget: withoutUndefined({trials: number('budget.trials'), hours: number('budget.hours')}),
      seed: number('seed'),
      parallel: number('parallel'),
      baseline: words.get('baseline') === 'yes',
      limits: temperatureC === undefined ? undefined : {temperature_c: temperatureC},
    }),
  )
}

const parsedFile = (file: string): Result<unknown> => {
  try {
    return ok(parseYaml(file))
  } catch (cause) {
    return refuse(`Expected the study file to be JSON or YAML. ${reasonOf(cause)}`)
  }
}

/** `maximize val_accuracy` as an objective; none of what is empty. */
const objectiveOf = (words: string | undefined): readonly object[] => {
  if (words === undefined) return []
  const [goal, metric] = words.split(' ')
  return [{metric, goal}]
}

const withoutUndefined = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

/** A whole study as text, for all that the fields cannot say. */
export const fileField = (words: URLSearchParams): Html =>
  textareaField({
    name: 'file',
    label: 'Study file',
    hint: 'JSON or YAML, as docs/studies.md describes it: any program of yours by `command`, settings to try first, and more.',
    value: words.get('file') ?? '',
    rows: 22,
    problems: new Map(),
  })

/** One field by its name, as it is in the form; undefined where the name is that of a group. */
export const fieldNamed = (
  name: string,
  words: URLSearchParams,
  problems: Problems,
  machine: Machine,
): Html | undefined => {
  const field = (label: string, hint?: string) => ({
    name,
    label,
    value: words.get(name) ?? '',
    problems,
    isLive: true,
    ...(hint === undefined ? {} : {hint}),
  })
  const whole = {inputmode: 'numeric'} as const
  const objectives = objectiveOptions(machine, words)
  switch (name) {
    case 'name':
      return textField({...field('Name'), isRequired: true})
    case 'budget.trials':
      return textField({...field('Trials', 'It ends after so many.'), ...whole})
    case 'budget.hours':
      return textField({
        ...field('Hours', 'Or after so long; empty: no limit.'),
        inputmode: 'decimal',
      })
    case 'objective.0.metric':
      return selectField({
        ...field('Objective', 'The best setting is the best in this.'),
        options: objectives,
      })
    case 'objective.1.metric':
      return selectField({
        ...field('Second objective', 'With one, the study finds the best trade-offs of the two.'),
        options: [['', 'none'], ...objectives],
      })
    case 'optimizer':
      return selectField({
        ...field('Optimizer', 'Chooses each setting from what the trials before it found.'),
        options: optimizerNames.map((one) => [one, `${one}: ${optimizerWords[one]}`]),
      })
    case 'pruner':
      return selectField({
        ...field('Pruner', 'Stops trials early that fall behind those before them.'),
        options: prunerChoices.map((one) => [one, `${one}: ${prunerWords[one]}`]),
      })
    case 'parallel':
      return textField({...field('Trials at once', 'Empty: as many as fit this box.'), ...whole})
    case 'seed':
      return textField({...field('Seed', 'The same seed repeats the study.'), ...whole})
    case 'limits.temperature_c':
      return textField({
        ...field('Temperature limit, °C', 'Empty: the box’s own limit.'),
        inputmode: 'decimal',
      })
    default:
      return undefined
  }
}

/** All fields, filled with `words`. */
export const studyFields = (
  words: URLSearchParams,
  problems: Problems,
  datasets: readonly DatasetSummary[],
  machine: Machine,
): Html => {
  const field = (name: string) => fieldNamed(name, words, problems, machine)
  const hidden = ['parallel', 'seed', 'limits.temperature_c']
  const isTold = problems.size > 0 && hidden.some((name) => problems.has(name))
  return html`
${field('name')}
${datasetFieldset(words.get('dataset'), datasets, problems)}
<div class="row">
${field('budget.trials')}
${field('budget.hours')}
</div>
${field('objective.0.metric')}
${field('objective.1.metric')}
${field('optimizer')}
${field('pruner')}
${spaceFieldset(words, problems)}
<details${isTold && html` open`}><summary>How to run it</summary>
<div class="row">
${field('parallel')}
${field('seed')}
</div>
${field('limits.temperature_c')}
${tick({
  type: 'checkbox',
  name: 'baseline',
  value: 'yes',
  isChecked: words.get('baseline') === 'yes',
  label: html`Also test the model’s default setting, for comparison`,
})}
</details>`
}

/** What a duplicated study pursues is offered even where the box could not measure it. */
const objectiveOptions = (
  {measuresPower}: Machine,
  words: URLSearchParams,
): readonly (readonly [string, string])[] => {
  const isAsked = [0, 1].some((i) => words.get(`objective.${i}.metric`) === 'minimize joules')
  return [
    ['maximize val_accuracy', 'highest validation accuracy'],
    ['minimize val_loss', 'lowest validation loss'],
    ['minimize train_loss', 'lowest training loss'],
    ['minimize duration_ms', 'shortest duration'],
    ...(measuresPower || isAsked ? [['minimize joules', 'least energy'] as const] : []),
  ]
}

const optimizerWords: Readonly<Record<OptimizerName, string>> = {
  auto: 'the best default',
  random: 'draws by chance',
  tpe: 'Hyperopt’s Parzen estimator',
  srbf: 'pySOT’s, moves all parameters',
  dycors: 'pySOT’s, moves a few',
  'turbo-1': 'searches in a trust region',
  'turbo-m': 'searches in five of them',
  tusot: 'turbo-1 and srbf in turns',
}

const prunerWords: Readonly<Record<PrunerChoice, string>> = {
  none: 'every trial runs to its end',
  asha: 'the best third goes on after 1, 3, 9, … epochs',
  median: 'stops what is worse than half of the others',
}

/** Sets that are here come first; the others, each with its license, open below. */
const datasetFieldset = (
  chosen: string | null,
  datasets: readonly DatasetSummary[],
  problems: Problems,
): Html => {
  const here = datasets.filter(({state}) => state === 'ready')
  const elsewhere = datasets.filter(({state}) => state === 'not-downloaded')
  const isElsewhere = elsewhere.some(({name}) => name === chosen)
  const choice = ({name, title, classes, license}: DatasetSummary) =>
    tick({
      type: 'radio',
      name: 'dataset',
      value: name,
      isChecked: name === chosen,
      label: html`<b>${title}</b><small>${classes.length} classes · License: ${license}</small>`,
      className: 'choice',
    })
  return html`
<fieldset id="dataset">
<legend>Data set</legend>
${here.map(choice)}
${
  elsewhere.length > 0 &&
  html`<details${isElsewhere && html` open`}><summary>${elsewhere.length} more, downloaded on first use</summary>
${elsewhere.map(choice)}
</details>`
}
${liveProblemsOf('dataset', problems)}
</fieldset>`
}
