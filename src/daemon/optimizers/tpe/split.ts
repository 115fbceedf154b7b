import type {Observation} from '../optimizer.ts'

/** However long a study gets, no more trials than this count as good. */
const mostBelow = 25

/**
 * The best ⌈γ√n⌉ trials and the others, both in their given order. n counts all trials, and an earlier trial wins a tie
 * (`ap_split_trials` of hyperopt 0.3.0; the paper's quantile γ became γ√n there).
 */
export const splitTrials = (
  trials: readonly Observation[],
  gamma: number,
): {readonly below: readonly Observation[]; readonly above: readonly Observation[]} => {
  const count = Math.min(Math.ceil(gamma * Math.sqrt(trials.length)), mostBelow)
  // Two infinite losses have no difference, hence the test for equality.
  const ranked = trials.toSorted((a, b) => (a.loss === b.loss ? 0 : a.loss - b.loss))
  const best = new Set(ranked.slice(0, count))
  return {
    below: trials.filter((trial) => best.has(trial)),
    above: trials.filter((trial) => !best.has(trial)),
  }
}
