/** The form that queues a study. Every field has a good value already; a rejected form keeps the user's words. */
import express, {Router} from 'express'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import {type OptimizerName, optimizerNames} from '../../daemon/optimizers/optimizer.ts'
import {type PrunerChoice, prunerChoices} from '../../daemon/pruners/pruner.ts'
import type {Machine} from '../../daemon/telemetry/reading.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {
  type Problems,
  problemsByField,
  problemsOf,
  selectField,
  textField,
  tick,
} from '../parts/fields.ts'
import {numberOrWords} from '../parts/number-or-words.ts'
import {defaultSpaceWords, spaceFieldNames, spaceFieldset, spaceOf} from './space-fields.ts'

export const newStudyPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  const page = async (words: URLSearchParams, problems: Problems) =>
    frame({
      title: problems.size ? 'Not queued yet' : 'New study',
      current: '/studies/new',
      main: formView(words, problems, await daemon.datasets(), daemon.machine),
    }).markup

  router.get('/studies/new', async (_request, response) => {
    const words = defaultWords(await daemon.datasets(), daemon.studies().length + 1)
    response.send(await page(words, new Map()))
  })

  const formBody = express.text({type: 'application/x-www-form-urlencoded', limit: '64kb'})
  router.post('/studies', formBody, async (request, response) => {
    const words = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const file = studyFileOf(words)
    const study = file.ok ? await daemon.submit(file.value) : file
    if (study.ok) response.redirect(303, `/studies/${study.value.id}`)
    else
      response
        .status(422)
        .send(
          await page(
            words,
            problemsByField(study.problems, [...fieldNames, ...spaceFieldNames(words)]),
          ),
        )
  })
  return router
}

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

const defaultWords = (datasets: readonly DatasetSummary[], number: number): URLSearchParams => {
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

/** The form as a study file. Empty fields are left out, so that the daemon's own defaults hold. */
const studyFileOf = (words: URLSearchParams): Result<unknown> => {
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

/** `maximize val_accuracy` as an objective; none of what is empty. */
const objectiveOf = (words: string | undefined): readonly object[] => {
  if (words === undefined) return []
  const [goal, metric] = words.split(' ')
  return [{metric, goal}]
}

const withoutUndefined = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

const formView = (
  words: URLSearchParams,
  problems: Problems,
  datasets: readonly DatasetSummary[],
  machine: Machine,
): Html => {
  const objectives = objectiveOptions(machine)
  const field = (name: string, label: string, hint?: string) => ({
    name,
    label,
    value: words.get(name) ?? '',
    problems,
    ...(hint === undefined ? {} : {hint}),
  })
  const whole = {inputmode: 'numeric'} as const
  return html`
<h1>New study</h1>
${problems.size > 0 && problemSummary(problems)}
<form method="post" action="/studies" class="stack">
${textField({...field('name', 'Name'), isRequired: true})}
${datasetFieldset(words.get('dataset'), datasets, problems)}
<div class="row">
${textField({...field('budget.trials', 'Trials', 'It ends after so many.'), ...whole})}
${textField({...field('budget.hours', 'Hours', 'Or after so long; empty: no limit.'), inputmode: 'decimal'})}
</div>
${selectField({...field('objective.0.metric', 'Objective', 'The best setting is the best in this.'), options: objectives})}
${selectField({
  ...field(
    'objective.1.metric',
    'Second objective',
    'With one, the study finds the best trade-offs of the two.',
  ),
  options: [['', 'none'], ...objectives],
})}
${selectField({
  ...field('optimizer', 'Optimizer', 'Chooses each setting from what the trials before it found.'),
  options: optimizerNames.map((name) => [name, `${name}: ${optimizerWords[name]}`]),
})}
${selectField({
  ...field('pruner', 'Pruner', 'Stops trials early that fall behind those before them.'),
  options: prunerChoices.map((name) => [name, `${name}: ${prunerWords[name]}`]),
})}
${spaceFieldset(words, problems)}
<details${['parallel', 'seed', 'limits.temperature_c'].some((name) => problems.has(name)) && html` open`}><summary>How to run it</summary>
<div class="row">
${textField({...field('parallel', 'Trials at once', 'Empty: as many as fit this box.'), ...whole})}
${textField({...field('seed', 'Seed', 'The same seed repeats the study.'), ...whole})}
</div>
${textField({...field('limits.temperature_c', 'Temperature limit, °C', 'Empty: the box’s own limit.'), inputmode: 'decimal'})}
${tick({
  type: 'checkbox',
  name: 'baseline',
  value: 'yes',
  isChecked: words.get('baseline') === 'yes',
  label: html`Also test the model’s default setting, for comparison`,
})}
</details>
<p class="buttons"><button class="primary">Queue this study</button></p>
</form>`
}

const objectiveOptions = ({measuresPower}: Machine): readonly (readonly [string, string])[] => [
  ['maximize val_accuracy', 'highest validation accuracy'],
  ['minimize val_loss', 'lowest validation loss'],
  ['minimize train_loss', 'lowest training loss'],
  ['minimize duration_ms', 'shortest duration'],
  ...(measuresPower ? [['minimize joules', 'least energy'] as const] : []),
]

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

const problemSummary = (problems: Problems): Html => html`
<div class="notice" role="alert" tabindex="-1" id="problems" autofocus>
<p><b>The study was not queued.</b></p>
<ul>${[...problems].map(
  ([name, sentences]) =>
    html`<li>${name ? html`<a href="#${name}">${name}</a>: ${sentences.join(' ')}` : sentences.join(' ')}</li>`,
)}</ul>
</div>`

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
${problemsOf('dataset', problems)}
</fieldset>`
}
