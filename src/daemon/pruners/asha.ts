import {
  type AshaSettings,
  type Curve,
  goOn,
  isBetter,
  type Question,
  type Verdict,
} from './pruner.ts'

/**
 * Asynchronous successive halving: L. Li et al., "A System for Massively Parallel Hyperparameter Tuning", MLSys 2020
 * (arXiv 1810.05934), in the variant that stops trials rather than pausing them, as Optuna 4's SuccessiveHalvingPruner
 * has it. Rung k is at `minEpochs` · η^k epochs. A trial that comes to a rung goes on if it is among the best 1/η of all
 * that have come there, itself included.
 */
export const judgeByAsha = (
  {minEpochs, reduction: eta}: AshaSettings,
  {goal, reports, earlier}: Question,
): Verdict => {
  const last = reports.at(-1)
  if (!last) return goOn
  const before = Math.max(Number.NEGATIVE_INFINITY, ...reports.slice(0, -1).map(({epoch}) => epoch))
  // One report may come to several rungs, where a program does not report every epoch.
  for (let rung = minEpochs; rung <= last.epoch; rung *= eta) {
    if (rung <= before) continue
    const rivals = earlier.flatMap((curve) => valueAt(rung, curve))
    const count = rivals.length + 1
    // While fewer than η trials have come here a share of them would be none: then the best one goes on (as Optuna).
    const places = Math.max(1, Math.floor(count / eta))
    const better = rivals.filter((rival) => isBetter(goal, rival, last.value)).length
    if (better >= places) {
      return {kind: 'prune', judged: last.value, finding: findingOf(places, count, eta)}
    }
  }
  return goOn
}

/** What a trial had reached when it came to the rung; nothing where it never did. */
const valueAt = (rung: number, {reports}: Curve): readonly number[] => {
  const report = reports.find(({epoch}) => epoch >= rung)
  return report ? [report.value] : []
}

const findingOf = (places: number, count: number, eta: number): string =>
  places === 1
    ? `is not the best of ${count} trials at this rung`
    : `is not among the best ${shareWords[eta] ?? `1/${eta}`} of ${count} trials at this rung`

const shareWords: Readonly<Record<number, string>> = {2: 'half', 3: 'third', 4: 'quarter'}
