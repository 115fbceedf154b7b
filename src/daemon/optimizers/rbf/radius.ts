/**
 * How far around the best trial a search looks, as results come in: `adjust_step` of SRBFStrategy in pySOT 0.3.3. (Its
 * docstring has it the wrong way round: successes widen the search, failures narrow it.)
 */

export type SearchRadius = {
  /** The standard deviation of perturbations, in the unit cube. */
  readonly radius: number
  /** Successes in a row, or failures in a row as a negative number, since the radius last changed. */
  readonly status: number
  /** Failures in a row, whatever became of the radius. */
  readonly failures: number
  readonly best: number
}

// The defaults of pySOT 0.3.3.
export const widest = 0.2
const narrowest = widest * 0.5 ** 6
const successesToWiden = 3
/** Less than this share of the best loss is no improvement. */
const leastImprovement = 1e-3

export const newSearch: SearchRadius = {radius: widest, status: 0, failures: 0, best: Infinity}

/** How many failures in a row narrow the search. */
export const failuresToNarrow = (dimensions: number): number => Math.max(dimensions, 4)

/** The radius after a trial reached `loss`. */
export const afterLoss = (
  {radius, status, failures, best}: SearchRadius,
  loss: number,
  tolerance: number,
): SearchRadius => {
  const isSuccess = best === Infinity || loss < best - leastImprovement * Math.abs(best)
  const next = isSuccess ? Math.max(1, status + 1) : Math.min(-1, status - 1)
  const counted = {failures: isSuccess ? 0 : failures + 1, best: isSuccess ? loss : best}
  if (next <= -tolerance) return {...counted, radius: radius / 2, status: 0}
  if (next >= successesToWiden) {
    return {...counted, radius: Math.min(2 * radius, widest), status: 0}
  }
  return {...counted, radius, status: next}
}

/** Whether the search has come to an end where it is, and should start again elsewhere. */
export const hasConverged = ({radius, failures}: SearchRadius, tolerance: number): boolean =>
  failures >= 4 * tolerance || radius <= narrowest
