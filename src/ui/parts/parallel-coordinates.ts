/** Every trial as a line through all its parameters to its result. The axes lie across, so that a phone has room. Pure. */
import {type Axis, axesOf} from '../../daemon/studies/axes.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {type CompleteTrial, completeTrials} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {capitalized, formatMetric, metricWords} from './format.ts'
import {type Tick, ticksOf} from './parameter-ticks.ts'
import {sampledTrials, sampledWords} from './sampled.ts'
import {valueScale} from './value-scale.ts'

/** One axis across the picture: where a trial crosses it, undefined where it doesn't. */
type Row = {
  readonly name: string
  readonly at: (trial: CompleteTrial) => number | undefined
  readonly ticks: readonly Tick[]
}

const mostLines = 160
const width = 360
const left = 16
const right = 344
const rowHeight = 58
const top = 26

/** The trials by one of the objectives. */
export const parallelCoordinates = (study: Study, objectiveIndex: number): Html => {
  const objective = study.settings.objectives[objectiveIndex]
  const metric = metricWords(objective.metric)
  const sampled = sampledTrials(study, objectiveIndex, mostLines)
  const {best, others, resultOf} = sampled
  const scale = valueScale(completeTrials(study).map(resultOf), objective)
  const axes = axesOf(
    study.settings.space,
    [...best, ...others].map(({point}) => point),
  )
  const rows: readonly Row[] = [
    ...axes.map(rowOf),
    {
      name: metric,
      at: (trial) => scale.at(resultOf(trial)),
      ticks: scale.ticks(4).map((value) => ({
        share: scale.at(value),
        words: formatMetric(objective.metric, value),
      })),
    },
  ]
  const path = (trials: readonly CompleteTrial[]) =>
    trials.map((trial) => lineOf(rows.map(({at}) => at(trial)))).join('')
  const height = top + rows.length * rowHeight - 16
  return html`<figure class="chart parallel">
<figcaption><b>All parameters at once</b> <span class="key key-leading">best tenth</span><span class="key key-following">others</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${`Each trial as a line from parameter to parameter, down to ${metric}. ${spoken(axes, best)}`}">
<path class="following" d="${path(others)}"/><path class="leading" d="${path(best)}"/>
${rows.map((row, i) => axisView(row, yOf(i)))}
</svg>
<p class="hint">${capitalized(metric)} is at the bottom. ${sampledWords(sampled)}${scale.beyond > 0 && ` ${scale.beyond} far worse ones stand at the edge.`}</p>
</figure>`
}

const rowOf = (axis: Axis): Row => ({
  name: axis.name,
  at: ({point}) => {
    const value = point[axis.label]
    return value === undefined ? undefined : axis.at(value)
  },
  ticks: ticksOf(axis, 5),
})

const yOf = (row: number): number => top + row * rowHeight

const xOf = (share: number): number => Math.round(left + share * (right - left))

/** Breaks off where a parameter has no value; what stands alone becomes a dot. */
const lineOf = (shares: readonly (number | undefined)[]): string =>
  shares
    .map((share, i) => {
      if (share === undefined) return ''
      const goesOn = i > 0 && shares[i - 1] !== undefined
      const isAlone = !goesOn && shares[i + 1] === undefined
      return `${goesOn ? 'L' : 'M'}${xOf(share)} ${yOf(i)}${isAlone ? 'h0' : ''}`
    })
    .join('')

const axisView = ({name, ticks}: Row, y: number): Html => html`
<path class="axis" d="M${left} ${y}H${right}"/><text class="name" x="${left - 6}" y="${y - 9}">${name}</text>${ticks.map(
  ({share, words}) =>
    html`<path class="axis" d="M${xOf(share)} ${y}v4"/><text x="${xOf(share)}" y="${y + 15}" text-anchor="${anchorAt(share)}">${words}</text>`,
)}`

const anchorAt = (share: number): string =>
  share < 0.08 ? 'start' : share > 0.92 ? 'end' : 'middle'

/** Where the best tenth lies, for those who cannot see the picture. */
const spoken = (axes: readonly Axis[], best: readonly CompleteTrial[]): string => {
  const ranges = axes.flatMap(({label, name, kind, at, ...axis}) => {
    const values = best.flatMap(({point}) => point[label] ?? []).toSorted((a, b) => at(a) - at(b))
    const [low, high] = [values[0], values.at(-1)]
    if (low === undefined || high === undefined) return []
    const words = (value: number) =>
      'options' in axis
        ? (axis.options[Math.floor(at(value) * axis.options.length)] ?? '')
        : String(Number(value.toPrecision(3)))
    const chosen = kind === 'options' ? [...new Set(values.map(words))].join(', ') : ''
    return [`${name} ${chosen || `${words(low)} to ${words(high)}`}`]
  })
  return `The best tenth has ${ranges.join('; ')}.`
}
