/** What a study wants of its trials: which metrics, in which direction, and what of it Simmer itself measures. Pure. */
import type {Objective} from './study.ts'

/** What Simmer measures of every trial; no seed makes it come out the same twice. */
export const measuredMetrics = ['duration_ms', 'joules'] as const
type MeasuredMetric = (typeof measuredMetrics)[number]

export const isMeasured = (metric: string): metric is MeasuredMetric =>
  measuredMetrics.some((one) => one === metric)

/** A value as a loss: the smaller the better. */
export const lossOf = ({goal}: Objective, value: number): number =>
  goal === 'maximize' ? -value : value

/** A trial's values as losses, one an objective. */
export const lossesOf = (
  objectives: readonly Objective[],
  values: readonly number[],
): readonly number[] => objectives.map((objective, i) => lossOf(objective, values[i]))

/** Values under the names of their metrics. */
export const valuesByMetric = (
  objectives: readonly Objective[],
  values: readonly number[],
): {readonly [metric: string]: number} =>
  Object.fromEntries(objectives.map(({metric}, i) => [metric, values[i]]))
