/** The table of a study's trials, one page of it: every trial with its setting and what became of it. Pure. */
import {energyOf} from '../../daemon/studies/energy.ts'
import {isMeasured} from '../../daemon/studies/objectives.ts'
import type {Objective, Study, Trial} from '../../daemon/studies/study.ts'
import {
  bestTrial,
  countTrials,
  type EndedTrial,
  frontOf,
  hasFront,
} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import type {Region} from '../live/regions.ts'
import type {Problems} from './fields.ts'
import {capitalized, formatDuration, formatEnergy, formatMetric, metricWords} from './format.ts'
import {settingWords, stateBadge, trialProgressWords} from './study-parts.ts'
import {filterForm} from './trials-filter.ts'
import {
  addressOf,
  chosenTrials,
  filterColumns,
  type TrialsQuery,
  trialStates,
} from './trials-query.ts'

const rowsPerPage = 25

/** The table, and each of its rows: the table is sent anew only when rows come, go or change places. */
export const trialsTable = (study: Study, query: TrialsQuery): readonly Region[] => {
  const {trials, problems} = chosenTrials(study, query)
  const pages = Math.max(1, Math.ceil(trials.length / rowsPerPage))
  const page = Math.min(query.page, pages)
  const shown = trials.slice((page - 1) * rowsPerPage, page * rowsPerPage)
  const {objectives} = study.settings
  const best: Trial | undefined = bestTrial(study)
  const front: readonly Trial[] = hasFront(study) ? frontOf(study) : []
  const hasCurves = objectives.some(({metric}) => !isMeasured(metric))
  const rows = shown.map((trial) => ({
    id: `trial-${trial.id}`,
    html: trialRow(
      trial,
      objectives,
      trial === best ? 'best' : front.includes(trial) ? 'front' : undefined,
      hasCurves ? query : undefined,
    ),
  }))
  const table = html`
<section id="trials" aria-labelledby="trials-title">
<h2 id="trials-title">Trials</h2>
${study.trials.length > 0 && choicesView(study, query, problems, trials.length)}
${
  rows.length > 0
    ? html`<table class="trials">
<thead><tr><th scope="col" class="trial">Trial</th><th scope="col">Setting</th>${resultHeads(objectives)}</tr></thead>
<tbody>${rows.map((row) => row.html)}</tbody>
</table>
${pages > 1 && pager(page, pages, query)}`
    : html`<p class="empty">${emptyWords(study)}</p>`
}
</section>`
  const version = [addressOf(query), page, pages, ...rows.map(({id}) => id)].join(' ')
  return [{id: 'trials', html: table, version}, ...rows]
}

const emptyWords = ({trials, state}: Study): string => {
  if (trials.length > 0) return 'No trial is like that.'
  return state === 'queued' || state === 'running' || state === 'paused'
    ? 'No trial yet. The first one shows here as soon as it starts.'
    : 'It ended before its first trial.'
}

/** Which trials, and in which order: all by links, so that the address says it. */
const choicesView = (study: Study, query: TrialsQuery, problems: Problems, count: number): Html => {
  const {objectives} = study.settings
  const counts = countTrials(study)
  const states = trialStates.filter((state) => counts[state] > 0 || state === query.state)
  const columns = filterColumns(study.settings)
  const sorts: readonly (readonly [sort: string, label: string])[] = [
    ['number', 'number'],
    ['best', objectives.length > 1 ? metricWords(objectives[0].metric) : 'result'],
    ...(objectives[1] ? [['second', metricWords(objectives[1].metric)] as const] : []),
    ['duration', 'duration'],
    ...columns.map(({label, name}) => [`param.${label}`, name] as const),
  ]
  return html`
<nav class="choices wrap" aria-label="Which trials">
${stateLink(undefined, `all ${study.trials.length}`, query)}${states.map((state) => stateLink(state, `${state} ${counts[state]}`, query))}
</nav>
<nav class="choices wrap" aria-label="Order of trials"><span>By</span>
${sorts.map(([sort, label]) => sortLink(sort, label, query))}
</nav>
${filterForm(study.settings, columns, query, problems)}
${query.filters.size > 0 && html`<p class="quiet">${count} of ${study.trials.length} trials. <a href="${addressOf(query, {filters: new Map()})}#trials">Show all</a></p>`}`
}

const stateLink = (state: TrialsQuery['state'], label: string, query: TrialsQuery): Html =>
  html`<a href="${addressOf(query, {state})}#trials"${state === query.state && html` aria-current="true"`}>${label}</a>`

/** The one in use turns the order around. */
const sortLink = (sort: string, label: string, query: TrialsQuery): Html => {
  if (sort !== query.sort) {
    return html`<a href="${addressOf(query, {sort, isDown: sort === 'number'})}#trials">${label}</a>`
  }
  return html`<a href="${addressOf(query, {isDown: !query.isDown})}#trials" aria-current="true">${label} ${query.isDown ? '↓' : '↑'}</a>`
}

const resultHeads = (objectives: readonly Objective[]): Html =>
  objectives.length === 1
    ? html`<th scope="col" class="result">Result</th>`
    : html`${objectives.map(({metric}) => html`<th scope="col" class="value">${capitalized(metricWords(metric))}</th>`)}`

type Distinction = 'best' | 'front' | undefined

const trialRow = (
  trial: Trial,
  objectives: readonly Objective[],
  distinction: Distinction,
  query: TrialsQuery | undefined,
): Html => html`
<tr id="trial-${trial.id}"${distinction && html` class="${distinction}"`}>
<th scope="row" class="trial">${query && trial.state !== 'waiting' ? curveLink(trial.id, query) : trial.id}${signOf(distinction)}</th>
<td>${settingWords(trial.params)}${reasonOf(trial)}</td>
${resultCells(trial, objectives)}
</tr>`

/** Adds the trial's learning curve to those that are drawn, or takes it away. */
const curveLink = (id: number, query: TrialsQuery): Html => {
  const isDrawn = query.curves.includes(id)
  const curves = isDrawn ? query.curves.filter((one) => one !== id) : [...query.curves, id]
  return html`<a href="${addressOf(query, {curves, page: query.page})}#curves" title="${isDrawn ? 'Leave out' : 'Draw'} its learning curve"${isDrawn && html` aria-current="true"`}>${id}</a>`
}

/** A failure is a problem; that a trial was pruned is not. */
const reasonOf = (trial: Trial): Html =>
  html`${'reason' in trial && html`<p class="${trial.state === 'failed' ? 'problem' : 'hint'}">${trial.reason.message}</p>`}`

const signOf = (distinction: Distinction): Html => {
  switch (distinction) {
    case 'best':
      return html` <span title="best">★</span>`
    case 'front':
      return html` <span title="on the front">◆</span>`
    case undefined:
      return html``
  }
}

/** A cell a value; what has no value takes the place of all. */
const resultCells = (trial: Trial, objectives: readonly Objective[]): Html =>
  trial.state === 'complete' && objectives.length > 1
    ? html`${objectives.map(({metric}, i) => html`<td class="value"><b>${formatMetric(metric, trial.values[i])}</b></td>`)}`
    : html`<td class="result"${objectives.length > 1 && html` colspan="${objectives.length}"`}>${resultOf(trial, objectives)}</td>`

const resultOf = (trial: Trial, [{metric}]: readonly Objective[]): Html => {
  switch (trial.state) {
    case 'complete':
      return html`<b>${formatMetric(metric, trial.values[0])}</b><small>${trial.state} ${formatDuration(trial.durationMs)}</small>${energyWords(trial)}`
    case 'pruned':
      return html`${stateBadge(trial.state)}<small>at ${formatMetric(metric, trial.values[0])} ${formatDuration(trial.durationMs)}</small>${energyWords(trial)}`
    case 'failed':
      return html`${stateBadge(trial.state)}<small>${trial.reason.kind} ${formatDuration(trial.durationMs)}</small>${energyWords(trial)}`
    case 'running':
      return html`${stateBadge(trial.state)}<small>${trialProgressWords(trial)}</small>`
    case 'waiting':
      return stateBadge(trial.state)
  }
}

const energyWords = (trial: EndedTrial): Html => {
  const energy = energyOf(trial)
  return html`${energy && html`<small>${formatEnergy(energy)}</small>`}`
}

const pager = (page: number, pages: number, query: TrialsQuery): Html => html`
<nav class="choices" aria-label="Pages of trials">
${page > 1 && html`<a href="${addressOf(query, {page: page - 1})}#trials" rel="prev">Previous</a>`}
<span>Page ${page} of ${pages}</span>
${page < pages && html`<a href="${addressOf(query, {page: page + 1})}#trials" rel="next">Next</a>`}
</nav>`
