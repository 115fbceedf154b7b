/** The table of a study's trials, one page of it: every trial with its setting and what became of it. Pure. */
import {energyOf} from '../../daemon/studies/energy.ts'
import {lossOf} from '../../daemon/studies/objectives.ts'
import type {Objective, Study, Trial} from '../../daemon/studies/study.ts'
import {bestTrial, type EndedTrial, frontOf, hasFront} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import type {Region} from '../live/regions.ts'
import {capitalized, formatDuration, formatEnergy, formatMetric, metricWords} from './format.ts'
import {settingWords, stateBadge, trialProgressWords} from './study-parts.ts'

export type TrialsQuery = {readonly sort: 'newest' | 'best'; readonly page: number}

const rowsPerPage = 50

export const readTrialsQuery = (query: URLSearchParams): TrialsQuery => ({
  sort: query.get('sort') === 'best' ? 'best' : 'newest',
  page: Math.max(1, Math.trunc(Number(query.get('page'))) || 1),
})

/** The table, and each of its rows: the table is sent anew only when rows come, go or change places. */
export const trialsTable = (study: Study, query: TrialsQuery): readonly Region[] => {
  const pages = Math.max(1, Math.ceil(study.trials.length / rowsPerPage))
  const page = Math.min(query.page, pages)
  const shown = sorted(study, query.sort).slice((page - 1) * rowsPerPage, page * rowsPerPage)
  const {objectives} = study.settings
  const best: Trial | undefined = bestTrial(study)
  const front: readonly Trial[] = hasFront(study) ? frontOf(study) : []
  const rows = shown.map((trial) => ({
    id: `trial-${trial.id}`,
    html: trialRow(
      trial,
      objectives,
      trial === best ? 'best' : front.includes(trial) ? 'front' : undefined,
    ),
  }))
  const table = html`
<section id="trials" aria-labelledby="trials-title">
<h2 id="trials-title">Trials</h2>
${
  rows.length
    ? html`<nav class="choices" aria-label="Order of trials">
${orderLink('newest', 'Newest first', query)}${orderLink('best', 'Best first', query)}
</nav>
<table class="trials">
<thead><tr><th scope="col" class="trial">Trial</th><th scope="col">Setting</th>${resultHeads(objectives)}</tr></thead>
<tbody>${rows.map((row) => row.html)}</tbody>
</table>
${pages > 1 && pager(page, pages, query)}`
    : html`<p class="empty">No trial yet.</p>`
}
</section>`
  const version = [query.sort, page, pages, ...rows.map(({id}) => id)].join(' ')
  return [{id: 'trials', html: table, version}, ...rows]
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
): Html => html`
<tr id="trial-${trial.id}"${distinction && html` class="${distinction}"`}>
<th scope="row" class="trial">${trial.id}${signOf(distinction)}</th>
<td>${settingWords(trial.params)}${reasonOf(trial)}</td>
${resultCells(trial, objectives)}
</tr>`

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

/** Best first goes by the first objective and puts trials without a value last, in the order of their numbers. */
const sorted = (study: Study, sort: TrialsQuery['sort']): readonly Trial[] => {
  if (sort === 'newest') return study.trials.toReversed()
  const [objective] = study.settings.objectives
  const rank = (trial: Trial) =>
    trial.state === 'complete' ? lossOf(objective, trial.values[0]) : Number.MAX_VALUE
  return study.trials.toSorted((a, b) => rank(a) - rank(b))
}

const orderLink = (sort: TrialsQuery['sort'], label: string, query: TrialsQuery): Html =>
  html`<a href="?sort=${sort}#trials"${sort === query.sort && html` aria-current="true"`}>${label}</a>`

const pager = (page: number, pages: number, {sort}: TrialsQuery): Html => html`
<nav class="choices" aria-label="Pages of trials">
${page > 1 && html`<a href="?sort=${sort}&amp;page=${page - 1}#trials" rel="prev">Previous</a>`}
<span>Page ${page} of ${pages}</span>
${page < pages && html`<a href="?sort=${sort}&amp;page=${page + 1}#trials" rel="next">Next</a>`}
</nav>`
