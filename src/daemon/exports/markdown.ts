/** The report of a study, to read or to paste. Pure. */
import {importanceOf} from '../importance/importance.ts'
import {energyOf, meanPowerW, wattHours} from '../studies/energy.ts'
import type {Energy, Score, Study} from '../studies/study.ts'
import {
  bestTrial,
  type CompleteTrial,
  completeTrials,
  countTrials,
  frontOf,
  hasEnded,
  hasFront,
} from '../studies/summary.ts'

export const markdownOf = (study: Study): string =>
  [
    `# ${escaped(study.settings.name)}`,
    ...overview(study),
    ...(hasFront(study) ? frontSection(study) : []),
    ...(study.score ? scoreSection(study, study.score) : []),
    ...importanceSection(study),
    ...trialsSection(study),
  ]
    .join('\n\n')
    .concat('\n')

const overview = (study: Study): readonly string[] => {
  const {settings} = study
  const counts = countTrials(study)
  const best = bestTrial(study)
  const task = settings.task.kind === 'model' ? settings.task.dataset : settings.task.command
  return [
    table(
      ['', ''],
      [
        ['study', study.id],
        ['state', study.reason ? `${study.state}: ${study.reason}` : study.state],
        [settings.task.kind === 'model' ? 'data set' : 'command', task],
        ['optimizer', settings.optimizer],
        ['objective', settings.objectives.map(({goal, metric}) => `${goal} ${metric}`).join(', ')],
        ['seed', String(settings.seed)],
        ['trials', `${counts.complete} complete, ${counts.pruned} pruned, ${counts.failed} failed`],
        ['time training', `${(study.activeMs / 1000).toFixed(1)} s`],
        ...(study.energy ? [['energy', energyWords(study.energy)]] : []),
        ...(best
          ? [
              ['best value', `${shortNumber(best.values[0])} (trial ${best.id})`],
              ['best setting', JSON.stringify(best.params)],
            ]
          : []),
      ],
    ),
  ]
}

const frontSection = (study: Study): readonly string[] => {
  const [first] = study.settings.objectives
  const front = frontOf(study)
  const names = parameterNames(front)
  return [
    '## Pareto front',
    `No trial is better than one of these in both objectives. The first has the best ${first.metric}, and counts as the best setting.`,
    table(
      ['trial', ...study.settings.objectives.map(({metric}) => metric), ...names],
      front.map((trial) => [
        String(trial.id),
        ...trial.values.map(shortNumber),
        ...names.map((name) => shown(trial.params[name])),
      ]),
    ),
  ]
}

const scoreSection = (study: Study, score: Score): readonly string[] => [
  '## On the test set',
  [
    `The best setting was trained once more on all training data and measured once: **${percent(score.testAccuracy)}** `,
    `(95 % interval ${percent(score.interval95[0])} to ${percent(score.interval95[1])}).`,
    study.baselineScore
      ? ` The model's default setting reached ${percent(study.baselineScore.testAccuracy)}.`
      : '',
  ].join(''),
  table(
    ['class', 'pictures', 'accuracy'],
    score.perClass.map((one) => [one.name, String(one.count), percent(one.accuracy)]),
  ),
  'Confusion matrix (row: true class, column: predicted):',
  table(
    ['', ...score.perClass.map((one) => one.name)],
    score.confusion.map((row, index) => [score.perClass[index]?.name ?? '', ...row.map(String)]),
  ),
]

const importanceSection = (study: Study): readonly string[] => {
  const importances = importanceOf(study)
  const known = importances.find((one) => one.kind === 'known')
  return [
    '## What matters',
    ...(known
      ? [
          `The share of the variance over the search space that each parameter explains by itself: functional ANOVA on a random forest, from ${known.trials} complete trials.`,
        ]
      : []),
    ...importances.map((one) =>
      one.kind === 'known'
        ? table(
            ['parameter', `share in ${one.metric}`],
            [
              ...one.parameters.map(({name, share}) => [name, percent(share)]),
              ['interactions and chance', percent(one.rest)],
            ],
          )
        : `${one.metric}: ${one.why}`,
    ),
  ]
}

const trialsSection = (study: Study): readonly string[] => {
  const names = parameterNames(completeTrials(study))
  const {objectives} = study.settings
  const energies = study.trials.map((trial) => (hasEnded(trial) ? energyOf(trial) : undefined))
  const isMeasured = energies.some((energy) => energy !== undefined)
  return [
    '## Trials',
    table(
      [
        'trial',
        'state',
        ...(hasFront(study) ? objectives.map(({metric}) => metric) : ['value']),
        ...(isMeasured ? ['energy'] : []),
        ...names,
      ],
      study.trials.map((trial, i) => [
        String(trial.id),
        'reason' in trial ? `${trial.state}: ${trial.reason.message}` : trial.state,
        ...objectives.map((_, j) => ('values' in trial ? shortNumber(trial.values[j]) : '')),
        ...(isMeasured ? [energies[i] ? energyWords(energies[i]) : ''] : []),
        ...names.map((name) => shown(trial.params[name])),
      ]),
    ),
  ]
}

const energyWords = (energy: Energy): string =>
  `${shortNumber(wattHours(energy))} Wh, ${meanPowerW(energy).toFixed(1)} W in the mean`

const parameterNames = (trials: readonly CompleteTrial[]): readonly string[] => [
  ...new Set(trials.flatMap((trial) => Object.keys(trial.params))),
]

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(escaped).join(' | ')} |`)
    .join('\n')

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')

const shown = (value: unknown): string => {
  if (value === undefined) return ''
  if (typeof value === 'number') return shortNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const shortNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toPrecision(4)

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
