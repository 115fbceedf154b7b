import {goOn, isBetter, type MedianSettings, type Question, type Verdict} from './pruner.ts'

/**
 * The median rule: D. Golovin et al., "Google Vizier: A Service for Black-Box Optimization", KDD 2017, section 3.2.2, as
 * Optuna 4's MedianPruner has it: a trial is stopped when the best value it has had so far is worse than the median of
 * what the complete trials had at the same epoch. Vizier takes the running averages of these; Optuna their values.
 */
export const judgeByMedian = (
  {startupTrials, warmupEpochs}: MedianSettings,
  {goal, reports, earlier}: Question,
): Verdict => {
  const epoch = reports.at(-1)?.epoch
  const complete = earlier.filter(({isComplete}) => isComplete)
  if (epoch === undefined || epoch <= warmupEpochs || complete.length < startupTrials) return goOn
  const rivals = complete.flatMap(
    (curve) => curve.reports.find((report) => report.epoch === epoch)?.value ?? [],
  )
  if (rivals.length === 0) return goOn
  const best = reports
    .map(({value}) => value)
    .reduce((soFar, value) => (isBetter(goal, value, soFar) ? value : soFar))
  const median = medianOf(rivals)
  if (!isBetter(goal, median, best)) return goOn
  return {
    kind: 'prune',
    judged: best,
    finding: `at its best is worse than the median of ${rivals.length} trials at this epoch`,
  }
}

/** Of an even number of values it is the mean of the two in the middle. */
const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
