/** How a study is shown wherever it is shown: its state, its progress, its best value. Pure. */
import type {Study, Trial} from '../../daemon/studies/study.ts'
import {bestTrial, countEnded, countTrials, progressShare} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {formatDate, formatDuration, formatMetric, paramPairs} from './format.ts'

export const stateBadge = (state: Study['state'] | Trial['state']): Html =>
  html`<span class="badge ${state}">${state}</span>`

/** The best value of the first objective so far, in its words; undefined before the first result. */
export const bestWords = (study: Study): string | undefined => {
  const best = bestTrial(study)
  return best && formatMetric(study.settings.objectives[0].metric, best.values[0])
}

/** The way to its page, and its state. */
export const studyLink = (study: Study): Html =>
  html`<a href="/studies/${study.id}">${study.settings.name}</a> ${stateBadge(study.state)}`

/** `best 88.7 % · 40 trials · 2 h 5 min · 2026-11-23 14:03`. */
export const outcomeWords = (study: Study): string =>
  [
    `best ${bestWords(study) ?? 'none'}`,
    `${countTrials(study).complete} trials`,
    formatDuration(study.activeMs),
    ...(study.finishedAtMs === undefined ? [] : [formatDate(study.finishedAtMs)]),
  ].join(' · ')

export const isUnfinished = ({state}: Study): boolean =>
  state === 'queued' || state === 'running' || state === 'paused'

/** `12 of 100 trials, 4 pruned, 2 failed, about 3 h left`. */
export const progressWords = (study: Study): string => {
  const counts = countTrials(study)
  const finished = countEnded(study)
  const {trials, hours} = study.settings.budget
  const left = remainingMs(study)
  return [
    trials ? `${finished} of ${trials} trials` : `${finished} trials`,
    ...(hours ? [`${formatDuration(study.activeMs)} of ${hours} h`] : []),
    ...(counts.pruned ? [`${counts.pruned} pruned`] : []),
    ...(counts.failed ? [`${counts.failed} failed`] : []),
    ...(study.state === 'running' && left !== undefined ? [`about ${roughly(left)} left`] : []),
  ].join(', ')
}

/** A setting's parameters, each with its name. */
export const settingWords = (params: Trial['params']): Html =>
  html`${paramPairs(params).map(
    ([name, value]) => html`<span class="param"><i>${name}</i> ${value}</span> `,
  )}`

/** A bar over the study's budget. */
export const progressBar = (study: Study): Html => {
  const percent = Math.round(progressShare(study) * 1000) / 10
  return html`<progress max="100" value="${percent}" aria-label="Progress of ${study.settings.name}">${percent} %</progress>`
}

/** Judged by the study's own pace so far; undefined before it has one. */
export const remainingMs = (study: Study): number | undefined => {
  const share = progressShare(study)
  return share > 0 && study.activeMs > 0 ? (study.activeMs / share) * (1 - share) : undefined
}

/** Where a running trial stands: `epoch 3, 40 %, 512 samples/s`. */
export const trialProgressWords = (trial: Extract<Trial, {state: 'running'}>): string => {
  const {epochs, progress} = trial
  return [
    `epoch ${epochs.length + 1}`,
    ...(progress
      ? [
          `${Math.floor((100 * progress.step) / Math.max(1, progress.steps))} %`,
          `${Math.round(progress.samplesPerSecond)} samples/s`,
        ]
      : []),
  ].join(', ')
}

/** Two leading units at most, so that a guess neither looks exact nor changes every second. */
export const roughly = (ms: number): string =>
  ms < 60_000 ? 'a minute' : formatDuration(Math.round(ms / 60_000) * 60_000)
