/** However long a study gets, no more trials than this count as good. */
const mostBelow = 25

/**
 * Which trials are good (1) and which are not (0): the best ⌈γ√n⌉ of all n are. An earlier trial wins a tie (`ap_split_trials` of hyperopt 0.3.0; the
 * paper's quantile γ became γ√n there).
 */
export const splitTrials = (
  trials: readonly {readonly loss: number}[],
  gamma: number,
): Uint8Array => {
  const count = Math.min(Math.ceil(gamma * Math.sqrt(trials.length)), mostBelow)
  const best: number[] = []
  trials.forEach(({loss}, trial) => {
    if (best.length === count && !(loss < trials[best[count - 1]].loss)) return
    let at = Math.min(best.length, count - 1)
    for (; at > 0 && trials[best[at - 1]].loss > loss; at--) best[at] = best[at - 1]
    best[at] = trial
  })
  const isGood = new Uint8Array(trials.length)
  for (const trial of best) isGood[trial] = 1
  return isGood
}
