import type {Rng} from '../../base/random.ts'

/** What is believed about the values of one parameter. */
export interface Density {
  readonly draw: (rng: Rng) => number
  /** The logarithm of the density, or of the probability where values are discrete. */
  readonly logDensity: (value: number) => number
}

/**
 * The candidate x with the highest log l(x) − log g(x), which has the highest expected improvement (section 4.1 of the
 * paper); the first of equals.
 */
export const chooseCandidate = (candidates: readonly number[], l: Density, g: Density): number => {
  let best = candidates[0]
  let bestScore = -Infinity
  for (const candidate of new Set(candidates)) {
    const score = l.logDensity(candidate) - g.logDensity(candidate)
    if (score > bestScore) {
      best = candidate
      bestScore = score
    }
  }
  return best
}
