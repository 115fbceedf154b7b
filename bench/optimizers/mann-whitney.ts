import {normalCdf} from '../../src/daemon/base/statistics.ts'

/**
 * How likely values as large as `ours` against `theirs` would be if both came from one source: the one-sided test of H. B.
 * Mann and D. R. Whitney (1947), by the normal approximation with corrections for ties and continuity, as
 * `scipy.stats.mannwhitneyu(ours, theirs, alternative='greater', method='asymptotic')`.
 */
export const probabilityOfLarger = (ours: readonly number[], theirs: readonly number[]): number => {
  const [n, m] = [ours.length, theirs.length]
  let wins = 0
  for (const a of ours) for (const b of theirs) wins += a > b ? 1 : a === b ? 0.5 : 0
  const counts = new Map<number, number>()
  for (const one of [...ours, ...theirs]) counts.set(one, (counts.get(one) ?? 0) + 1)
  const total = n + m
  let ties = 0
  for (const count of counts.values()) ties += count ** 3 - count
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)))
  if (variance === 0) return 0.5
  return 1 - normalCdf(wins - (n * m) / 2 - 0.5, 0, Math.sqrt(variance))
}
