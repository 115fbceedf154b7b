/** Which trials a table shows, in which order, as an address says it. Pure. */
import {type Axis, axesOf} from '../../daemon/studies/axes.ts'
import {lossOf} from '../../daemon/studies/objectives.ts'
import type {Study, StudySettings, Trial} from '../../daemon/studies/study.ts'
import type {Problems} from './fields.ts'

export const trialStates = ['complete', 'running', 'waiting', 'pruned', 'failed'] as const

/** `number`, `best` (by the first objective), `second` (by the other one), `duration`, or a parameter as `param.LABEL`. */
type Sort = string

export type TrialsQuery = {
  readonly sort: Sort
  /** Downwards: the newest, the worst, the largest first. */
  readonly isDown: boolean
  readonly state?: Trial['state']
  /** As they stand in the address: `min.LABEL`, `max.LABEL`, `is.LABEL`. */
  readonly filters: ReadonlyMap<string, string>
  readonly page: number
  /** The trials whose learning curves are drawn. */
  readonly curves: readonly number[]
}

/** More lines cannot be told apart. */
const mostCurves = 5

export const readTrialsQuery = (query: URLSearchParams): TrialsQuery => {
  const sort = query.get('sort') ?? ''
  const isKnown = /^(number|best|second|duration|param\..+)$/.test(sort)
  const state = trialStates.find((one) => one === query.get('state'))
  return {
    sort: isKnown ? sort : 'number',
    isDown: query.get('order') ? query.get('order') === 'down' : !isKnown || sort === 'number',
    ...(state ? {state} : {}),
    filters: new Map(
      [...query].filter(([name, value]) => /^(min|max|is)\./.test(name) && value.trim() !== ''),
    ),
    page: Math.max(1, Math.trunc(Number(query.get('page'))) || 1),
    curves: [...new Set((query.get('curves') ?? '').split(/[\s,]+/).filter(Boolean))]
      .map(Number)
      .filter((id) => Number.isInteger(id) && id >= 0)
      .slice(-mostCurves),
  }
}

/** The address of the same table with other wishes; a new order or filter begins at its first page. */
export const addressOf = (
  query: TrialsQuery,
  change: {readonly [name in keyof TrialsQuery]?: TrialsQuery[name] | undefined} = {},
): string => {
  const next = {...query, page: 1, ...change}
  const words = new URLSearchParams()
  if (next.sort !== 'number' || !next.isDown) {
    words.set('sort', next.sort)
    if (next.isDown !== (next.sort === 'number')) words.set('order', next.isDown ? 'down' : 'up')
  }
  if (next.state) words.set('state', next.state)
  for (const [name, value] of next.filters) words.set(name, value)
  if (next.curves.length) words.set('curves', next.curves.join(','))
  if (next.page > 1) words.set('page', String(next.page))
  return `?${words}`
}

/** What a filter of the form is about. */
export type FilterColumn =
  | {readonly kind: 'range'; readonly label: string; readonly name: string}
  | {
      readonly kind: 'options'
      readonly label: string
      readonly name: string
      readonly options: readonly string[]
    }

export const filterColumns = ({space}: StudySettings): readonly FilterColumn[] =>
  axesOf(space, []).map((axis) =>
    axis.kind === 'options'
      ? {kind: 'options', label: axis.label, name: axis.name, options: axis.options}
      : {kind: 'range', label: axis.label, name: axis.name},
  )

/** The trials that pass, in order; and what is wrong with filters, which then let everything pass. */
export const chosenTrials = (
  study: Study,
  query: TrialsQuery,
): {readonly trials: readonly Trial[]; readonly problems: Problems} => {
  const problems = new Map<string, readonly string[]>()
  const tests = testsOf(study.settings, query, problems)
  const passing = study.trials.filter(
    (trial) =>
      (query.state === undefined || trial.state === query.state) &&
      tests.every((test) => test(trial)),
  )
  return {trials: inOrder(passing, study.settings, query), problems}
}

type Test = (trial: Trial) => boolean

const testsOf = (
  {space, objectives}: StudySettings,
  {filters}: TrialsQuery,
  problems: Map<string, readonly string[]>,
): readonly Test[] => {
  const axes = new Map<string, Axis>(axesOf(space, []).map((axis) => [axis.label, axis]))
  return [...filters].flatMap(([name, words]): readonly Test[] => {
    const [, kind, label = ''] = /^(min|max|is)\.(.+)$/.exec(name) ?? []
    const axis = axes.get(label)
    if (kind === 'is') {
      if (axis?.kind !== 'options') return []
      const wanted = axis.options.indexOf(words)
      return [
        ({point}) =>
          point[label] !== undefined &&
          Math.floor(axis.at(point[label]) * axis.options.length) === wanted,
      ]
    }
    const objective = objectives.findIndex((_, i) => label === valueColumn(i))
    if (!axis && objective < 0) return []
    const bound = Number(words.replace(/\s*%$/, ''))
    if (!Number.isFinite(bound)) {
      problems.set(name, [`expected a number, got ${JSON.stringify(words)}.`])
      return []
    }
    // Accuracies are shown in percent.
    const limit = /%$/.test(words) ? bound / 100 : bound
    const isWithin = (value: number | undefined) =>
      value !== undefined && (kind === 'min' ? value >= limit : value <= limit)
    return [
      (trial) =>
        isWithin(
          axis
            ? trial.point[label]
            : trial.state === 'complete' || trial.state === 'pruned'
              ? trial.values[objective]
              : undefined,
        ),
    ]
  })
}

/** The name of an objective's value among the columns. No parameter's label begins with a sign. */
export const valueColumn = (objective: number): string => `=${objective}`

/** What has nothing to be sorted by comes last, whichever way; equals go by their numbers. */
const inOrder = (
  trials: readonly Trial[],
  {objectives}: StudySettings,
  {sort, isDown}: TrialsQuery,
): readonly Trial[] => {
  const label = sort.slice('param.'.length)
  const lossBy = (i: number) => (trial: Trial) =>
    trial.state === 'complete' && objectives[i] ? lossOf(objectives[i], trial.values[i]) : undefined
  const keyOf = (): ((trial: Trial) => number | undefined) => {
    if (sort === 'best') return lossBy(0)
    if (sort === 'second') return lossBy(1)
    if (sort === 'duration')
      return (trial) => ('durationMs' in trial ? trial.durationMs : undefined)
    if (sort.startsWith('param.')) return ({point}) => point[label]
    return ({id}) => id
  }
  const key = keyOf()
  const sign = isDown ? -1 : 1
  return trials
    .map((trial) => ({trial, by: key(trial)}))
    .sort((a, b) => {
      if (a.by === undefined || b.by === undefined) {
        return Number(a.by === undefined) - Number(b.by === undefined) || a.trial.id - b.trial.id
      }
      return sign * (a.by - b.by) || a.trial.id - b.trial.id
    })
    .map(({trial}) => trial)
}
