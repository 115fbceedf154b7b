/** The end of a study for a person at a terminal. Pure. */
import {importanceOf} from '../daemon/importance/importance.ts'
import {lossOf} from '../daemon/studies/objectives.ts'
import type {Study} from '../daemon/studies/study.ts'
import {
  type CompleteTrial,
  completeTrials,
  countTrials,
  frontOf,
  hasFront,
} from '../daemon/studies/summary.ts'

const trialsShown = 5
const parametersShown = 5

export const resultText = (study: Study): readonly string[] => {
  if (!completeTrials(study).length)
    return [`${study.settings.name}: no trial ended with a result.`]
  const counts = countTrials(study)
  return [
    '',
    `${study.settings.name}: ${counts.complete} trials complete, ${counts.pruned ? `${counts.pruned} pruned, ` : ''}${counts.failed} failed, ${(study.activeMs / 1000).toFixed(0)} s of training, seed ${study.settings.seed}`,
    '',
    ...(hasFront(study) ? frontLines(study) : trialLines(study, leaders(study))),
    ...importanceLines(study),
    ...scoreLines(study),
    '',
  ]
}

const importanceLines = (study: Study): readonly string[] =>
  importanceOf(study).flatMap((one) => {
    if (one.kind === 'unknown') return []
    const leading = one.parameters.slice(0, parametersShown)
    const shares = leading.map(({name, share}) => `${name} ${wholePercent(share)}`).join(', ')
    return [
      '',
      `What matters for ${one.metric}: ${shares}; interactions and chance ${wholePercent(one.rest)}.`,
    ]
  })

const frontLines = (study: Study): readonly string[] => [
  `Pareto front: no trial is better than one of these in both. The first is the best in ${study.settings.objectives[0].metric}.`,
  '',
  ...trialLines(study, frontOf(study)),
]

const trialLines = (study: Study, trials: readonly CompleteTrial[]): readonly string[] =>
  table(
    ['trial', ...study.settings.objectives.map(({metric}) => metric), 'setting'],
    trials.map((trial) => [
      String(trial.id),
      ...trial.values.map(shortNumber),
      settingWords(trial.params),
    ]),
  )

const leaders = (study: Study): readonly CompleteTrial[] => {
  const [objective] = study.settings.objectives
  const loss = ({values}: CompleteTrial) => lossOf(objective, values[0])
  return completeTrials(study)
    .toSorted((a, b) => loss(a) - loss(b) || a.id - b.id)
    .slice(0, trialsShown)
}

/** Four digits that count; whole numbers, such as milliseconds, as they are. */
export const shortNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toPrecision(4)

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

const wholePercent = (share: number): string => `${Math.round(100 * share)} %`

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
