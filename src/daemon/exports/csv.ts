/** One row a trial, for spreadsheets and data frames. Pure. */
import {type Cell, csvLine} from '../base/csv.ts'
import type {Json} from '../base/json.ts'
import {energyOf, meanPowerW, wattHours} from '../studies/energy.ts'
import {valuesByMetric} from '../studies/objectives.ts'
import type {Study, Trial} from '../studies/study.ts'
import {frontOf, hasEnded, hasFront} from '../studies/summary.ts'

/**
 * RFC 4180 with a header line. Nested params become columns such as `params.optimizer.beta1`; two objectives have
 * columns such as `values.loss`, and `front` says whether no other trial beats this one in both. Energy has columns where
 * it was measured.
 */
export const csvOf = (study: Study): string => {
  const rows = study.trials.map(rowOf)
  const results = study.trials.map(resultsOf(study))
  const energies = study.trials.map(energyCells)
  const energyColumns = [...new Set(energies.flatMap((energy) => Object.keys(energy)))]
  const resultColumns = [...new Set(results.flatMap((result) => Object.keys(result)))]
  const paramColumns = [...new Set(rows.flatMap((row) => Object.keys(row.params)))]
  const metricColumns = [...new Set(rows.flatMap((row) => Object.keys(row.metrics)))]
  const header = [
    ...fixedColumns,
    ...energyColumns,
    ...resultColumns,
    ...paramColumns,
    ...metricColumns,
  ]
  const lines = rows.map((row, i) => [
    ...row.fixed,
    ...energyColumns.map((column) => energies[i][column]),
    ...resultColumns.map((column) => results[i][column]),
    ...paramColumns.map((column) => row.params[column]),
    ...metricColumns.map((column) => row.metrics[column]),
  ])
  return [header, ...lines].map(csvLine).join('')
}

const fixedColumns = [
  'trial',
  'state',
  'value',
  'reason',
  'started_at',
  'duration_ms',
  'samples_per_second',
  'epochs',
] as const

type Row = {
  readonly fixed: readonly Cell[]
  readonly params: Readonly<Record<string, Cell>>
  readonly metrics: Readonly<Record<string, Cell>>
}

const rowOf = (trial: Trial): Row => {
  const ran = trial.state === 'waiting' ? undefined : trial
  const ended = hasEnded(trial) ? trial : undefined
  return {
    fixed: [
      trial.id,
      trial.state,
      'values' in trial ? trial.values[0] : undefined,
      'reason' in trial ? trial.reason.message : undefined,
      ran ? new Date(ran.startedAtMs).toISOString() : undefined,
      ended?.durationMs,
      trial.state === 'complete' ? trial.samplesPerSecond : undefined,
      ran?.epochs.length,
    ],
    params: flatten(trial.params, 'params'),
    metrics: ran?.epochs.at(-1)?.metrics ?? {},
  }
}

/** What a study with a front has beside the one value. */
const resultsOf = (study: Study): ((trial: Trial) => Readonly<Record<string, Cell>>) => {
  if (!hasFront(study)) return () => ({})
  const front: readonly Trial[] = frontOf(study)
  return (trial) =>
    trial.state === 'complete'
      ? {
          ...flatten(valuesByMetric(study.settings.objectives, trial.values), 'values'),
          front: front.includes(trial),
        }
      : {}
}

const energyCells = (trial: Trial): Readonly<Record<string, Cell>> => {
  const energy = hasEnded(trial) ? energyOf(trial) : undefined
  return energy ? {energy_wh: wattHours(energy), mean_power_w: meanPowerW(energy)} : {}
}

const flatten = (value: Json, path: string): Record<string, Cell> =>
  typeof value === 'object' && value !== null
    ? Object.assign(
        {},
        ...Object.entries(value).map(([key, inner]) => flatten(inner, `${path}.${key}`)),
      )
    : {[path]: value}
