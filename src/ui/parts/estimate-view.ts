/** What a study would take, in words that say what they rest on. Pure. */
import type {Basis, Estimate} from '../../daemon/studies/estimate.ts'
import type {StudySettings} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import {formatDuration, formatNumber} from './format.ts'

/** `asked` is absent while something about the settings is wrong. */
export const estimateView = (
  asked: {readonly settings: StudySettings; readonly estimate: Estimate} | undefined,
): Html => html`
<section id="estimate" class="card" aria-live="polite" aria-labelledby="estimate-title">
<h2 id="estimate-title">About what it will take</h2>
${
  asked
    ? filled(asked.settings, asked.estimate)
    : html`<p class="empty">Once the fields above are right, an estimate stands here.</p>`
}
</section>`

const filled = (settings: StudySettings, {basis, ...estimate}: Estimate): Html => {
  const {trials, durationMs, joules, diskBytes} = estimate
  const {budget, pruner} = settings
  return html`
<dl class="tiles">
<div><dt>Trials</dt><dd>${trials === undefined ? 'unknown' : String(trials)}</dd></div>
<div><dt>Time</dt><dd>${timeWords(durationMs, budget.hours)}</dd></div>
<div><dt>Energy</dt><dd>${joules === undefined ? 'unknown' : `${formatNumber(Number((joules / 3600).toPrecision(2)))} Wh`}</dd></div>
<div><dt>Disk</dt><dd>${diskBytes === undefined ? 'unknown' : diskWords(diskBytes)}</dd></div>
</dl>
<p class="hint">${basisWords(basis)}${joules === undefined && basis.kind === 'history' && ' Their energy was not measured.'}${pruner && ' Trials that are stopped early take less.'}</p>`
}

const timeWords = (durationMs: number | undefined, hours: number | undefined): string => {
  if (durationMs === undefined) return hours === undefined ? 'unknown' : `at most ${hours} h`
  return formatDuration(roundedTime(durationMs))
}

/** Two digits: more would look exact. */
const roundedTime = (ms: number): number => {
  const unit = ms < 3_600_000 ? 1000 : 60_000
  return Math.round(Number((ms / unit).toPrecision(2))) * unit
}

const diskWords = (bytes: number): string =>
  bytes < 1024 ** 2 * 0.95
    ? `${Math.max(1, Math.round(bytes / 1024))} KiB`
    : `${formatNumber(Number((bytes / 1024 ** 2).toPrecision(2)))} MiB`

const basisWords = (basis: Basis): string => {
  switch (basis.kind) {
    case 'history':
      return `Judged by ${basis.trials === 1 ? 'one trial' : `the last ${basis.trials} trials`} of this kind on this box${basis.isScaled ? ', reckoned over to widths that none of them had' : ''}. Heat may slow it down.`
    case 'speed-test':
      return `No history yet: a guess from the speed test at the start (${formatNumber(basis.samplesPerSecond)} samples/s). Energy is known after the first trial that is measured.`
    case 'nothing':
      return `No history yet, so time and energy are unknown. ${basis.why}`
  }
}
