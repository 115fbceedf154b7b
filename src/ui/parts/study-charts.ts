/** A study in pictures: what each trial reached, and how the current one learns. Pure. */
import {isMeasured} from '../../daemon/studies/objectives.ts'
import type {Study, Trial} from '../../daemon/studies/study.ts'
import {
  bestSoFar,
  bestTrial,
  type CompleteTrial,
  completeTrials,
  frontOf,
} from '../../daemon/studies/summary.ts'
import type {Html} from '../html.ts'
import {chart, type Point, type Series} from './chart.ts'
import {envelopeOf, stepsOnly} from './envelope.ts'
import {capitalized, formatMetric, formatNumber, metricWords} from './format.ts'

/** Every trial's value in the first objective, the pruned ones' apart, and the best so far as steps. */
export const valuesChart = (study: Study): Html => {
  const [{metric}] = study.settings.objectives
  const pruned = study.trials.filter((trial) => trial.state === 'pruned')
  const dots = (
    trials: readonly {readonly id: number; readonly values: readonly number[]}[],
    label: string,
  ): Series => {
    const {points, every} = envelopeOf(trials.map(({id, values}): Point => [id, values[0]]))
    return {
      label: every > 1 ? `${label}: the extremes of every ${every}` : label,
      marks: 'dots',
      points,
    }
  }
  return chart({
    title: `${capitalized(metricWords(metric))} of trials`,
    series: [
      {
        label: 'best so far',
        marks: 'steps',
        points: stepsOnly(bestSoFar(study).map(({trial, value}): Point => [trial, value])),
      },
      dots(completeTrials(study), 'each trial'),
      ...(pruned.length ? [dots(pruned, 'pruned')] : []),
    ],
    xWords: formatNumber,
    yWords: (value) => formatMetric(metric, value),
    wholeX: true,
  })
}

/**
 * The first objective that has a value each epoch: of the chosen trials beside the best one's, or of those that run.
 * Undefined where the objectives are measured once a trial.
 */
export const learningChart = (study: Study, chosen: readonly number[]): Html | undefined => {
  const metric = study.settings.objectives.map((one) => one.metric).find((one) => !isMeasured(one))
  if (metric === undefined) return undefined
  const best = bestTrial(study)
  const shown = chosen.length
    ? chosen.flatMap((id) => study.trials[id] ?? [])
    : study.trials.filter((trial) => trial.state === 'running').slice(-3)
  return chart({
    title: `${capitalized(metricWords(metric))} by epoch`,
    series: [
      ...(best ? [curve(best, metric, `trial ${best.id}, the best`)] : []),
      ...shown
        .filter((trial) => trial.id !== best?.id)
        .flatMap((trial) =>
          trial.state === 'waiting'
            ? []
            : [
                curve(
                  trial,
                  metric,
                  trial.state === 'complete'
                    ? `trial ${trial.id}`
                    : `trial ${trial.id}, ${trial.state}`,
                ),
              ],
        ),
    ],
    xWords: formatNumber,
    yWords: (value) => formatMetric(metric, value),
    wholeX: true,
  })
}

const curve = (
  trial: Exclude<Trial, {state: 'waiting'}>,
  metric: string,
  label: string,
): Series => ({
  label,
  marks: 'line',
  points: trial.epochs.flatMap(({epoch, metrics}): readonly Point[] => {
    const value = metrics[metric]
    return value !== undefined && Number.isFinite(value) ? [[epoch, value]] : []
  }),
})

/** The trials of a study by both objectives, the first upwards, and the front as the steps that no trial is beyond. */
export const frontChart = (study: Study): Html => {
  const [up, across] = study.settings.objectives
  const front = frontOf(study)
  const place = ({values: [y, x]}: CompleteTrial): Point => [x, y]
  const inFront = new Set(front)
  // Better across comes first. From one to the next the height holds, and changes where that one is reached.
  const steps = front.toReversed().map(place)
  return chart({
    title: `${capitalized(metricWords(up.metric))} against ${metricWords(across.metric)}`,
    series: [
      {label: 'front', marks: 'dotted-steps', points: steps},
      {
        label: 'other trials',
        marks: 'dots',
        points: completeTrials(study)
          .filter((trial) => !inFront.has(trial))
          .map(place),
      },
    ],
    xWords: (value) => formatMetric(across.metric, value),
    yWords: (value) => formatMetric(up.metric, value),
  })
}
