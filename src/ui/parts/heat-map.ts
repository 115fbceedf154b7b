/** Two parameters against each other: a table of means, the better the stronger in color. Pure. */
import {type Axis, axesOf} from '../../daemon/studies/axes.ts'
import {lossOf} from '../../daemon/studies/objectives.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {completeTrials} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {formatMetric, formatNumber, metricWords} from './format.ts'

/** Of a parameter without steps; more would not fit a phone. */
const mostBins = 5
/** Options are names: they are not put together before they are too many. */
const mostOptions = 6

type Bins = {readonly words: readonly string[]; readonly of: (value: number) => number}

/** The means of the complete trials by where they lie along two parameters, given by their labels. */
export const heatMap = (study: Study, objectiveIndex: number, x: string, y: string): Html => {
  const objective = study.settings.objectives[objectiveIndex]
  const trials = completeTrials(study).filter(({point}) => x in point && y in point)
  const axes = axesOf(
    study.settings.space,
    trials.map(({point}) => point),
  )
  const across = axes.find(({label}) => label === x)
  const down = axes.find(({label}) => label === y)
  if (!across || !down) return html``
  const [columns, rows] = [binsOf(across), binsOf(down)]
  const cells = rows.words.map(() => columns.words.map(() => ({sum: 0, count: 0})))
  for (const {point, values} of trials) {
    const cell = cells[rows.of(point[y])]?.[columns.of(point[x])]
    if (!cell) continue
    cell.sum += values[objectiveIndex]
    cell.count++
  }
  const means = cells.flat().flatMap(({sum, count}) => (count ? [sum / count] : []))
  const losses = means.map((mean) => lossOf(objective, mean))
  const [best, worst] = [Math.min(...losses), Math.max(...losses)]
  const heat = (mean: number) =>
    worst > best ? 1 + Math.round((8 * (worst - lossOf(objective, mean))) / (worst - best)) : 5
  return html`
<div class="scroll" tabindex="0" role="region" aria-label="${`${down.name} against ${across.name}`}">
<table class="heat-map">
<caption>${across.name} across, ${down.name} down</caption>
<thead><tr><td></td>${columns.words.map((words) => html`<th scope="col">${words}</th>`)}</tr></thead>
<tbody>${rows.words
    .map(
      (words, i) =>
        html`<tr><th scope="row">${words}</th>${cells[i]?.map(({sum, count}) =>
          count
            ? html`<td class="heat-${heat(sum / count)}">${formatMetric(objective.metric, sum / count)}<small>${count}</small></td>`
            : html`<td class="heat-0">–</td>`,
        )}</tr>`,
    )
    .toReversed()}</tbody>
</table>
</div>
<p class="hint">The mean ${metricWords(objective.metric)} of the complete trials in each cell, and how many they are. The stronger the color, the better; a mean of few trials says little. An optimizer looks where it is good, so cells are not equally well known.</p>`
}

/** One for each value where those are few; else equally wide on the parameter's own scale. */
const binsOf = (axis: Axis): Bins => {
  if (axis.kind === 'options') {
    const count = axis.options.length
    const bins = Math.min(count, mostOptions)
    const of = (value: number) => Math.floor((Math.floor(axis.at(value) * count) * bins) / count)
    const members = Array.from({length: bins}, (): string[] => [])
    axis.options.forEach((words, i) => {
      members[Math.floor((i * bins) / count)]?.push(words)
    })
    return {words: members.map((words) => words.join(', ')), of}
  }
  const {low, high, step} = axis
  const levels = step === undefined ? Number.POSITIVE_INFINITY : Math.round((high - low) / step) + 1
  if (step !== undefined && axis.scale === 'linear' && levels <= mostOptions) {
    return {
      words: Array.from({length: levels}, (_, i) => formatNumber(low + i * step)),
      of: (value) => Math.round((value - low) / step),
    }
  }
  const edge = (i: number) => short(axis.valueAt(i / mostBins))
  return {
    words: Array.from({length: mostBins}, (_, i) => `${edge(i)} – ${edge(i + 1)}`),
    of: (value) => Math.min(mostBins - 1, Math.floor(axis.at(value) * mostBins)),
  }
}

const short = (value: number): string => String(Number(value.toPrecision(2)))
