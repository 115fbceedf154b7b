/**
 * The search space as fields: which hyperparameters to tune, and where. Its words go into a study file as they are;
 * what is wrong with them, the daemon says.
 */
import {parse as parseYaml, stringify as yamlOf} from 'yaml'
import {reasonOf} from '../../daemon/base/log.ts'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import {lenetHyperparameters} from '../../daemon/studies/hyperparameters.ts'
import {type Html, html} from '../html.ts'
import {liveProblemsOf, type Problems, textareaField, tick} from '../parts/fields.ts'
import {numberOrWords} from '../parts/number-or-words.ts'

type Range = 'uniform' | 'loguniform' | 'uniformint'

/** How a form tunes one hyperparameter, and what it starts with. `isUsual`: tuned unless the user unticks it. */
type Tunable = {readonly name: string; readonly isUsual: boolean} & (
  | {readonly kind: Range; readonly low: number; readonly high: number}
  | {
      readonly kind: 'choice'
      readonly options: readonly Option[]
      readonly ticked: readonly Option[]
    }
)

type Option = string | number | boolean

const tunables: readonly Tunable[] = [
  {name: 'lr', isUsual: true, kind: 'loguniform', low: 0.0001, high: 0.3},
  {name: 'momentum', isUsual: true, kind: 'uniform', low: 0, high: 0.99},
  {name: 'epochs', isUsual: true, kind: 'uniformint', low: 1, high: 10},
  {name: 'batch', isUsual: true, ...choice([16, 32, 64, 128, 256], [16, 32, 64, 128])},
  {name: 'optimizer', isUsual: false, ...choice(['sgd', 'adam', 'rmsprop'])},
  {name: 'weight_decay', isUsual: false, kind: 'loguniform', low: 0.000001, high: 0.01},
  {name: 'dropout', isUsual: false, kind: 'uniform', low: 0, high: 0.5},
  {name: 'width', isUsual: false, kind: 'uniform', low: 0.5, high: 2},
  {name: 'activation', isUsual: false, ...choice(['relu', 'tanh', 'sigmoid'])},
  {name: 'pooling', isUsual: false, ...choice(['max', 'average'])},
  {name: 'shift', isUsual: false, kind: 'uniformint', low: 0, high: 3},
  {name: 'flip', isUsual: false, ...choice([true, false])},
]

function choice(options: readonly Option[], ticked = options) {
  return {kind: 'choice' as const, options, ticked}
}

/** What problems of the space may belong to: the text, or one of the fields. */
export const spaceFieldNames = (words: URLSearchParams): readonly string[] =>
  isWrittenAsText(words) ? ['space'] : ['space', ...tunables.map(({name}) => `space.${name}`)]

/** What an untouched form says. The text holds the same space as the fields. */
export const defaultSpaceWords = (): [string, string][] => {
  const fields = tunables.flatMap((one): [string, string][] => [
    ...(one.isUsual ? [pair('tune', one.name)] : []),
    ...(one.kind === 'choice'
      ? one.ticked.map((option) => pair(`${one.name}.option`, option))
      : [pair(`${one.name}.low`, one.low), pair(`${one.name}.high`, one.high)]),
  ])
  const text = yamlOf(spaceOfFields(new URLSearchParams(fields)))
  return [...fields, pair('space-as', 'fields'), pair('space', text)]
}

const pair = (name: string, value: Option): [string, string] => [name, String(value)]

/** A space as the fields say it, where they can; as the text it is in any case. */
export const wordsOfSpace = (source: unknown): [string, string][] => {
  const entries = typeof source === 'object' && source !== null ? Object.entries(source) : []
  const written = entries.map(([name, node]) => fieldWords(name, node))
  const fits = written.every((words) => words !== undefined)
  const named = new Set(entries.map(([name]) => name))
  // What the study does not tune keeps good bounds, for the case that it will.
  const others = defaultSpaceWords().filter(
    ([field]) => !['tune', 'space', 'space-as'].includes(field) && !named.has(field.split('.')[0]),
  )
  return [
    ...(fits
      ? [...written.flatMap((words) => words ?? []), ...others]
      : defaultSpaceWords().filter(([field]) => field !== 'space' && field !== 'space-as')),
    pair('space-as', fits ? 'fields' : 'text'),
    pair('space', yamlOf(source)),
  ]
}

/** One entry of a space in the words of its field; undefined where it has none that could say it. */
const fieldWords = (name: string, node: unknown): [string, string][] | undefined => {
  const tunable = tunables.find((one) => one.name === name)
  const values: unknown =
    tunable && typeof node === 'object' && node !== null
      ? Object.getOwnPropertyDescriptor(node, tunable.kind)?.value
      : undefined
  if (!tunable || !Array.isArray(values)) return undefined
  if (tunable.kind !== 'choice') {
    const [low, high] = values
    return [pair('tune', name), pair(`${name}.low`, low), pair(`${name}.high`, high)]
  }
  return values.every((value) => tunable.options.includes(value))
    ? [pair('tune', name), ...values.map((value) => pair(`${name}.option`, value))]
    : undefined
}

/** The space of a study file. Refuses only a text that is not YAML. */
export const spaceOf = (words: URLSearchParams): Result<unknown> => {
  if (!isWrittenAsText(words)) return ok(spaceOfFields(words))
  try {
    return ok(parseYaml(words.get('space') ?? ''))
  } catch (cause) {
    return refuse(`space: expected JSON or YAML. ${reasonOf(cause)}`)
  }
}

const isWrittenAsText = (words: URLSearchParams): boolean => words.get('space-as') === 'text'

const spaceOfFields = (words: URLSearchParams) =>
  Object.fromEntries(
    tunables
      .filter(({name}) => words.getAll('tune').includes(name))
      .map((one) => [one.name, distributionOf(one, words)]),
  )

const distributionOf = (one: Tunable, words: URLSearchParams) => {
  if (one.kind !== 'choice') {
    const bounds = ['low', 'high'].map((end) =>
      numberOrWords(words.get(`${one.name}.${end}`) ?? ''),
    )
    return {[one.kind]: bounds}
  }
  const ticked = words.getAll(`${one.name}.option`)
  return {choice: one.options.filter((option) => ticked.includes(String(option)))}
}

/** All fields of the space, filled with `words`. */
export const spaceFieldset = (words: URLSearchParams, problems: Problems): Html => {
  const isText = isWrittenAsText(words)
  const [usual, others] = [true, false].map((isUsual) =>
    tunables
      .filter((one) => one.isUsual === isUsual)
      .map((one) => tunableField(one, words, problems)),
  )
  const isOpen = tunables.some(
    ({isUsual, name}) =>
      !isUsual && (words.getAll('tune').includes(name) || problems.has(`space.${name}`)),
  )
  return html`
<fieldset>
<legend>What to tune</legend>
${!isText && liveProblemsOf('space', problems)}
${usual}
<details${isOpen && html` open`}><summary>More hyperparameters</summary>${others}</details>
<details${isText && html` open`}><summary>Advanced: the space as text</summary>
${tick({type: 'radio', name: 'space-as', value: 'fields', isChecked: !isText, label: html`Use the fields above`})}
${tick({type: 'radio', name: 'space-as', value: 'text', isChecked: isText, label: html`Use this text`})}
${textareaField({
  name: 'space',
  label: 'Search space',
  hint: 'JSON or YAML. Distributions have Hyperopt’s names; bounds are values.',
  value: words.get('space') ?? '',
  rows: 14,
  problems: isText ? problems : new Map(),
  isLive: isText,
})}
</details>
</fieldset>`
}

const tunableField = (one: Tunable, words: URLSearchParams, problems: Problems): Html => {
  const path = `space.${one.name}`
  const about = lenetHyperparameters.find(({name}) => name === one.name)?.about
  return html`
<div class="tunable${problems.has(path) && ' wrong'}" id="${path}" role="group" aria-label="${one.name}">
${tick({
  type: 'checkbox',
  name: 'tune',
  value: one.name,
  isChecked: words.getAll('tune').includes(one.name),
  label: html`<b>${one.name}</b> <small>${about}${one.kind === 'loguniform' && ', log scale'}</small>`,
})}
${one.kind === 'choice' ? optionTicks(one.name, one.options, words) : bounds(one.name, one.kind, words)}
${liveProblemsOf(path, problems)}
</div>`
}

const optionTicks = (name: string, options: readonly Option[], words: URLSearchParams): Html => {
  const ticked = words.getAll(`${name}.option`)
  return html`<div class="options">${options.map((option) =>
    tick({
      type: 'checkbox',
      name: `${name}.option`,
      value: String(option),
      isChecked: ticked.includes(String(option)),
      label: html`${String(option)}`,
      className: 'chip',
    }),
  )}</div>`
}

const bounds = (name: string, kind: Range, words: URLSearchParams): Html => {
  const bound = (end: 'low' | 'high', label: string) =>
    html`<label>${label} <input name="${name}.${end}" value="${words.get(`${name}.${end}`)}" inputmode="${kind === 'uniformint' ? 'numeric' : 'decimal'}" autocomplete="off"></label>`
  return html`<div class="bounds">${bound('low', 'from')}${bound('high', 'to')}</div>`
}
