/** Each parameter by itself against the result, a dot a trial. Pure. */
import {type Axis, axesOf} from '../../daemon/studies/axes.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {type CompleteTrial, completeTrials} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {formatMetric, metricWords} from './format.ts'
import {ticksOf} from './parameter-ticks.ts'
import {type Sampled, sampledTrials} from './sampled.ts'
import {type ValueScale, valueScale} from './value-scale.ts'

/** Of all plots together: a page is to stay light however many parameters there are. */
const mostDots = 1500
const fewestDots = 100
const size = {width: 360, height: 150}
const plot = {left: 52, right: 348, top: 8, bottom: 124}

/** A plot for each parameter in the order of `labels`. */
export const slicePlots = (
  study: Study,
  objectiveIndex: number,
  labels: readonly string[],
): readonly Html[] => {
  const each = Math.max(fewestDots, Math.floor(mostDots / labels.length))
  const sampled = sampledTrials(study, objectiveIndex, each)
  const scale = valueScale(
    completeTrials(study).map(sampled.resultOf),
    study.settings.objectives[objectiveIndex],
  )
  const axes = axesOf(
    study.settings.space,
    [...sampled.best, ...sampled.others].map(({point}) => point),
  )
  const order = (axis: Axis) => labels.indexOf(axis.label)
  return axes.toSorted((a, b) => order(a) - order(b)).map((axis) => slicePlot(axis, sampled, scale))
}

const slicePlot = (axis: Axis, sampled: Sampled, scale: ValueScale): Html => {
  const {best, others, metric, resultOf} = sampled
  const x = (share: number) => Math.round(plot.left + share * (plot.right - plot.left))
  const y = (value: number) => Math.round(plot.bottom - scale.at(value) * (plot.bottom - plot.top))
  const dots = (trials: readonly CompleteTrial[]) =>
    trials
      .map((trial) => {
        const value = trial.point[axis.label]
        return value === undefined ? '' : `M${x(axis.at(value))} ${y(resultOf(trial))}h0`
      })
      .join('')
  return html`<figure class="chart slice">
<figcaption><b>${axis.name}</b></figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${`${metricWords(metric)} against ${axis.name}`}">
${scale
  .ticks(4)
  .map(
    (value) =>
      html`<path class="grid" d="M${plot.left} ${y(value)}H${plot.right}"/><text x="${plot.left - 6}" y="${y(value)}" dy="4" text-anchor="end">${formatMetric(metric, value)}</text>`,
  )}
<path class="dots following" d="${dots(others)}"/><path class="dots leading" d="${dots(best)}"/>
${ticksOf(axis, 5).map(
  ({share, words}) =>
    html`<text x="${x(share)}" y="${plot.bottom + 18}" text-anchor="${share > 0.94 ? 'end' : 'middle'}">${words}</text>`,
)}
</svg>
</figure>`
}
