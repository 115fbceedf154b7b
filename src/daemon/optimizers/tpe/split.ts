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
  const best: Observation[] = []
  for (const trial of trials) {
    if (best.length === count && !(trial.loss < best[count - 1].loss)) continue
    let at = Math.min(best.length, count - 1)
    for (; at > 0 && best[at - 1].loss > trial.loss; at--) best[at] = best[at - 1]
    best[at] = trial
  }
  const chosen = new Set(best)
  return {
    below: trials.filter((trial) => chosen.has(trial)),
    above: trials.filter((trial) => !chosen.has(trial)),
  }
}
