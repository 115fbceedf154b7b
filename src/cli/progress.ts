/** How a long command shows where it is: a bar with the time left in a terminal, plain lines elsewhere. */
import {Presets, SingleBar} from 'cli-progress'
import type {DatasetProgress} from '../daemon/datasets/dataset.ts'
import type {Study} from '../daemon/studies/study.ts'
import {bestTrial, countEnded, hasEnded, progressShare} from '../daemon/studies/summary.ts'
import {shortNumber} from './result-text.ts'

export interface StudyProgress {
  readonly update: (study: Study, activity: string) => void
  readonly end: () => void
}

/** Draws on stderr, so that stdout holds results alone. */
export const showStudyProgress = (
  stream: NodeJS.WriteStream,
  nowMs: () => number,
): StudyProgress => (stream.isTTY ? progressBar(stream, nowMs) : plainLines(stream))

const progressBar = (stream: NodeJS.WriteStream, nowMs: () => number): StudyProgress => {
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage}% | {finished} | {best} | {left} | {activity}',
      barsize: 20,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      // cli-progress erases its line at each redraw; we redraw on events, ten times a second at most.
      fps: 10,
    },
    Presets.shades_classic,
  )
  let start: {readonly ms: number; readonly share: number} | undefined
  return {
    update: (study, activity) => {
      const share = progressShare(study)
      const payload = (left: string) => ({
        finished: finishedWords(study),
        best: bestWords(study),
        left,
        activity,
      })
      if (!start) {
        start = {ms: nowMs(), share}
        bar.start(1, share, payload('…'))
      }
      bar.update(share, payload(leftWords(start, {ms: nowMs(), share})))
    },
    end: () => bar.stop(),
  }
}

/** The time left if the rest goes as fast as what was done since the start. */
const leftWords = (
  start: {readonly ms: number; readonly share: number},
  now: {readonly ms: number; readonly share: number},
): string => {
  const done = now.share - start.share
  if (done <= 0) return 'ETA …'
  const seconds = ((now.ms - start.ms) * (1 - now.share)) / done / 1000
  if (seconds < 90) return `ETA ${Math.round(seconds)} s`
  if (seconds < 5400) return `ETA ${Math.round(seconds / 60)} min`
  return `ETA ${(seconds / 3600).toFixed(1)} h`
}

const plainLines = (stream: NodeJS.WriteStream): StudyProgress => {
  const told = new Set<number>()
  let lastActivity = ''
  return {
    update: (study, activity) => {
      for (const trial of study.trials) {
        if (!hasEnded(trial) || told.has(trial.id)) continue
        told.add(trial.id)
        const end =
          trial.state === 'complete'
            ? valueWords(study, trial.values)
            : `${trial.state}: ${trial.reason.message}`
        stream.write(`trial ${trial.id}: ${end} (${finishedWords(study)}, ${bestWords(study)})\n`)
      }
      if (/^(Scoring|Preparing)/.test(activity) && activity !== lastActivity) {
        stream.write(`${activity}…\n`)
      }
      lastActivity = activity
    },
    end: () => {},
  }
}

const finishedWords = (study: Study): string => {
  const ended = countEnded(study)
  const most = study.settings.budget.trials
  return most ? `${ended} of ${most} trials` : `${ended} trials`
}

const bestWords = (study: Study): string => {
  const best = bestTrial(study)
  return best ? `best ${best.values[0].toPrecision(4)} (trial ${best.id})` : 'no result yet'
}

/** `loss 0.1234`, or `loss 0.1234, duration_ms 512`. */
const valueWords = ({settings}: Study, values: readonly number[]): string =>
  settings.objectives.map(({metric}, i) => `${metric} ${shortNumber(values[i])}`).join(', ')

export interface DatasetProgressView {
  readonly update: (progress: DatasetProgress) => void
  readonly end: () => void
}

/** A bar for downloads and preparation in a terminal; elsewhere one line a stage. */
export const showDatasetProgress = (stream: NodeJS.WriteStream): DatasetProgressView => {
  let stage: string | undefined
  let bar: SingleBar | undefined
  return {
    update: (progress) => {
      const isNew = stage !== progress.stage
      stage = progress.stage
      if (!stream.isTTY) {
        if (isNew) stream.write(`${progress.stage}…\n`)
        return
      }
      if (isNew) {
        bar?.stop()
        bar = new SingleBar(
          {stream, format: barFormats[progress.unit], barsize: 30},
          Presets.shades_classic,
        )
        bar.start(shownAmount(progress.total ?? 0, progress), 0, {stage})
      }
      bar?.update(shownAmount(progress.done, progress))
    },
    end: () => bar?.stop(),
  }
}

const barFormats = {
  bytes: '{stage} {bar} {percentage}% | {value} of {total} MB | ETA {eta_formatted}',
  images: '{stage} {bar} {percentage}% | {value} of {total} pictures | ETA {eta_formatted}',
} as const

const shownAmount = (amount: number, {unit}: DatasetProgress): number =>
  unit === 'bytes' ? Math.round(amount / 1e5) / 10 : amount
