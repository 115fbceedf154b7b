/** The final result: one score on the test set, by class, with every confusion. Pure. */
import type {Score, Study} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import {formatShare} from './format.ts'

export const scoreView = ({score, baselineScore}: Study): Html => {
  if (!score) return html`<section id="score" hidden></section>`
  return html`
<section id="score">
<h2>Final test</h2>
<p class="hero"><strong>${formatShare(score.testAccuracy)}</strong><span>test accuracy, ${intervalWords(score)}</span></p>
<p class="quiet">The best setting was trained on all training pictures and measured once on the test set.</p>
${
  baselineScore &&
  html`<p>The model's own default setting: <b>${formatShare(baselineScore.testAccuracy)}</b>, ${intervalWords(baselineScore)}.</p>`
}
<div class="pair">
${perClassTable(score)}
${confusionTable(score)}
</div>
</section>`
}

const intervalWords = ({interval95: [low, high]}: Score): string =>
  `95 % interval ${(low * 100).toFixed(1)}–${formatShare(high)}`

const perClassTable = ({perClass, confusion}: Score): Html => html`
<div class="scroll" tabindex="0" role="region" aria-label="Accuracy by class">
<table>
<caption>By class</caption>
<thead><tr><th scope="col">Class</th><th scope="col" class="number">Right</th><th scope="col">Taken for</th></tr></thead>
<tbody>${perClass.map(
  ({name, count, accuracy}, i) =>
    html`<tr><th scope="row">${i} ${name} <small class="quiet">${count} pictures</small></th><td class="number">${formatShare(accuracy)}</td><td>${mistakeWords(confusion[i] ?? [], i, perClass)}</td></tr>`,
)}</tbody>
</table>
</div>`

/** The class that it was most often mistaken for, and how often. */
const mistakeWords = (row: readonly number[], own: number, perClass: Score['perClass']): string => {
  const wrong = row.map((count, i) => (i === own ? 0 : count))
  const most = Math.max(0, ...wrong)
  return most > 0 ? `${perClass[wrong.indexOf(most)]?.name} ${most}` : '–'
}

/** Classes stand by number across the top: names would not fit a phone. */
const confusionTable = ({confusion, perClass}: Score): Html => html`
<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
<table class="confusion">
<caption>True class down, predicted class across</caption>
<thead><tr><td></td>${perClass.map(({name}, i) => html`<th scope="col"><abbr title="${name}">${i}</abbr></th>`)}</tr></thead>
<tbody>${confusion.map(
  (row, i) =>
    html`<tr><th scope="row"><abbr title="${perClass[i]?.name}">${i}</abbr></th>${row.map((count) => html`<td class="heat-${heat(count, row)}">${count}</td>`)}</tr>`,
)}</tbody>
</table>
</div>`

/** The share of a row as one of ten shades; only an empty cell is 0. */
const heat = (count: number, row: readonly number[]): number => {
  const total = row.reduce((sum, one) => sum + one, 0)
  return count === 0 ? 0 : Math.max(1, Math.round((9 * count) / total))
}
