/** A study in pictures: what each trial reached, and how the current one learns. Pure. */
import type {Study, Trial} from '../../daemon/studies/study.ts'
import {bestSoFar, bestTrial, completeTrials} from '../../daemon/studies/summary.ts'
import type {Html} from '../html.ts'
import {chart, type Point, type Series} from './chart.ts'
import {formatMetric, formatNumber, metricWords} from './format.ts'

/** Every trial's value, and the best so far as steps. */
export const valuesChart = (study: Study): Html => {
  const {metric} = study.settings.objective
  return chart({
    title: `${capitalized(metricWords(metric))} of trials`,
    series: [
      {
        label: 'best so far',
        marks: 'steps',
        points: bestSoFar(study).map(({trial, value}): Point => [trial, value]),
      },
      {
        label: 'each trial',
        marks: 'dots',
        points: completeTrials(study).map(({id, value}): Point => [id, value]),
      },
    ],
    xWords: formatNumber,
    yWords: (value) => formatMetric(metric, value),
    wholeX: true,
  })
}

/** The objective by epoch: of the running trials, beside the best one's. */
export const learningChart = (study: Study): Html => {
  const {metric} = study.settings.objective
  const best = bestTrial(study)
  const running = study.trials.filter((trial) => trial.state === 'running').slice(-3)
  return chart({
    title: `${capitalized(metricWords(metric))} by epoch`,
    series: [
      ...(best ? [curve(best, metric, `trial ${best.id}, the best`)] : []),
      ...running.map((trial) => curve(trial, metric, `trial ${trial.id}, running`)),
    ],
    xWords: formatNumber,
    yWords: (value) => formatMetric(metric, value),
    wholeX: true,
  })
}

const curve = (
  trial: Extract<Trial, {state: 'running' | 'complete'}>,
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

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
