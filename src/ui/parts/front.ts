/** The front of a study with two objectives: a picture of it, and its trials as a table. Pure. */
import type {Objective, Study} from '../../daemon/studies/study.ts'
import {type CompleteTrial, frontOf, hasFront} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {capitalized, formatMetric, metricWords} from './format.ts'
import {frontChart} from './study-charts.ts'
import {settingWords} from './study-parts.ts'

/** Hidden until there is a front to show. */
export const frontView = (study: Study): Html => {
  const front = hasFront(study) ? frontOf(study) : []
  if (!front.length) return html`<section id="front" hidden></section>`
  const {objectives} = study.settings
  return html`
<section id="front" aria-labelledby="front-title">
<h2 id="front-title">Pareto front</h2>
<p class="quiet">${frontWords(front, objectives)}</p>
<div class="pair">
${frontChart(study)}
${frontTable(front, objectives)}
</div>
</section>`
}

const frontWords = (
  [best, ...others]: readonly CompleteTrial[],
  objectives: readonly Objective[],
) => {
  const [first, second] = objectives.map(({metric}) => metricWords(metric))
  return others.length
    ? `No other trial beats one of these ${others.length + 1} in both ${first} and ${second}. Trial ${best.id}, the best in ${first}, counts as the best setting.`
    : `No other trial beats trial ${best.id} in ${first} or in ${second}.`
}

const frontTable = (
  front: readonly CompleteTrial[],
  objectives: readonly Objective[],
): Html => html`
<table class="trials">
<thead><tr><th scope="col" class="trial">Trial</th><th scope="col">Setting</th>${objectives.map(
  ({metric}) => html`<th scope="col" class="value">${capitalized(metricWords(metric))}</th>`,
)}</tr></thead>
<tbody>${front.map(
  (trial) =>
    html`<tr><th scope="row" class="trial">${trial.id}</th><td>${settingWords(trial.params)}</td>${objectives.map(
      ({metric}, i) => html`<td class="value"><b>${formatMetric(metric, trial.values[i])}</b></td>`,
    )}</tr>`,
)}</tbody>
</table>`
