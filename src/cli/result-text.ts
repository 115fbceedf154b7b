/** The end of a study for a person at a terminal. Pure. */
import type {Study} from '../daemon/studies/study.ts'
import {bestTrial, completeTrials, countTrials} from '../daemon/studies/summary.ts'

const trialsShown = 5

export const resultText = (study: Study): readonly string[] => {
  const best = bestTrial(study)
  if (!best) return [`${study.settings.name}: no trial ended with a result.`]
  const {metric} = study.settings.objective
  const counts = countTrials(study)
  return [
    '',
    `${study.settings.name}: ${counts.complete} trials complete, ${counts.failed} failed, ${(study.activeMs / 1000).toFixed(0)} s of training, seed ${study.settings.seed}`,
    '',
    ...table(
      ['trial', metric, 'setting'],
      leaders(study).map((trial) => [
        String(trial.id),
        trial.value.toPrecision(4),
        settingWords(trial.params),
      ]),
    ),
    ...scoreLines(study),
    '',
  ]
}

const leaders = (study: Study) => {
  const direction = study.settings.objective.goal === 'maximize' ? -1 : 1
  return [...completeTrials(study)]
    .sort((a, b) => direction * (a.value - b.value) || a.id - b.id)
    .slice(0, trialsShown)
}

const scoreLines = (study: Study): readonly string[] => {
  const {score, baselineScore} = study
  if (!score) return []
  const [low, high] = score.interval95
  return [
    '',
    `Best setting, trained on all training data and measured once on the test set (${score.backend}, ${Math.round(score.samplesPerSecond)} samples/s):`,
    `  accuracy  ${percent(score.testAccuracy)}  (95 % interval ${percent(low)} to ${percent(high)})`,
    ...(baselineScore
      ? [
          `  untuned   ${percent(baselineScore.testAccuracy)}  (${settingWords(baselineScore.params)})`,
          `  gain      ${(100 * (score.testAccuracy - baselineScore.testAccuracy)).toFixed(1)} points`,
        ]
      : []),
    '',
    ...table(
      ['class', 'pictures', 'accuracy'],
      score.perClass.map((one) => [one.name, String(one.count), percent(one.accuracy)]),
    ),
  ]
}

const settingWords = (params: Readonly<Record<string, unknown>>): string =>
  Object.entries(params)
    .map(([name, value]) => `${name} ${valueWords(value)}`)
    .join(', ')

const valueWords = (value: unknown): string => {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : value.toPrecision(3)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** Columns as wide as their widest cell; all but the last are padded. */
const table = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((cells) => (cells[column] ?? '').length)),
  )
  return [header, ...rows].map(
    (cells) =>
      `  ${cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
  )
}
