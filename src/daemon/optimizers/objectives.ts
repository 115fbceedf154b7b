/** Two ways to make one loss of several, for optimizers that know only one. Pure. */
import {seededRandom} from '../base/random.ts'

/** How much the sum of all objectives counts beside the worst one (ρ in ParEGO). */
const rho = 0.05

/** How far beyond the worst losses the reference point lies, as a share of their range. */
const margin = 0.1

type Losses = readonly number[]

/**
 * The place of each trial in the order in which they count as good, from 0; a failed one (+Infinity) stays where it is.
 * A trial that dominates another comes before it; trials that wait for the same others do so by how much each adds to
 * the hypervolume of those taken before it. Rows have one or two losses; single ones are returned as they are.
 *
 * Y. Ozaki, Y. Tanigaki, S. Watanabe and M. Onishi, "Multiobjective Tree-Structured Parzen Estimator for Computationally
 * Expensive Optimization Problems", GECCO 2020, section 3.2: non-dominated ranks, and a greedy choice by hypervolume
 * among those of the last rank. We order every rank so, since TPE cuts where it likes; and our reference point follows
 * the range of the losses, so that adding a constant to one of them changes nothing.
 */
export const rankByDomination = (losses: readonly Losses[]): readonly number[] => {
  if (losses.every((row) => row.length === 1)) return losses.map(([loss]) => loss)
  const places: number[] = losses.map(() => Number.POSITIVE_INFINITY)
  const finite = losses.flatMap((row, i) => (row.every(Number.isFinite) ? [i] : []))
  const reference = referenceOf(finite.map((i) => losses[i]))
  let place = 0
  for (const front of frontsOf(losses, finite)) {
    for (const i of byHypervolume(losses, front, reference)) places[i] = place++
  }
  return places
}

/**
 * The trials by non-dominated rank, each rank rising in the first loss and then falling in the second. Equal trials
 * share a rank.
 */
const frontsOf = (
  losses: readonly Losses[],
  trials: readonly number[],
): readonly (readonly number[])[] => {
  const fronts: number[][] = []
  const sorted = trials.toSorted(
    (a, b) => losses[a][0] - losses[b][0] || losses[a][1] - losses[b][1] || a - b,
  )
  for (const i of sorted) {
    const [x, y] = losses[i]
    // In this order the last of a front is the lowest of it, and the only one that has to be asked.
    const front = fronts.find((one) => {
      const [lastX, lastY] = losses[one[one.length - 1]]
      return lastY > y || (lastX === x && lastY === y)
    })
    if (front) front.push(i)
    else fronts.push([i])
  }
  return fronts
}

/** A stretch of a front that nothing has been taken from yet, and what would be taken first. */
type Stretch = {
  readonly from: number
  readonly to: number
  readonly best: number
  readonly gain: number
}

/** A front in the order in which a greedy choice takes it: always what adds most to the hypervolume, the first on ties. */
const byHypervolume = (
  losses: readonly Losses[],
  front: readonly number[],
  reference: Losses,
): readonly number[] => {
  // What a trial adds is a rectangle up to the nearest trials taken on its left and right.
  const stretchOf = (from: number, to: number): readonly Stretch[] => {
    const top = from > 0 ? losses[front[from - 1]][1] : reference[1]
    const right = to < front.length ? losses[front[to]][0] : reference[0]
    let [best, gain] = [from, Number.NEGATIVE_INFINITY]
    for (let i = from; i < to; i++) {
      const [x, y] = losses[front[i]]
      const area = (right - x) * (top - y)
      if (area > gain) [best, gain] = [i, area]
    }
    return from < to ? [{from, to, best, gain}] : []
  }
  const taken: number[] = []
  let stretches = stretchOf(0, front.length)
  while (stretches.length) {
    const next = stretches.reduce((a, b) => (b.gain > a.gain ? b : a))
    taken.push(front[next.best])
    stretches = stretches.flatMap((one) =>
      one === next ? [...stretchOf(one.from, one.best), ...stretchOf(one.best + 1, one.to)] : [one],
    )
  }
  return taken
}

const referenceOf = (rows: readonly Losses[]): Losses =>
  [0, 1].map((j) => {
    const values = rows.map((row) => row[j])
    const [low, high] = [minimum(values), -minimum(values.map((value) => -value))]
    return high + margin * (high - low || 1)
  })

/** Without spreading, which fails on long lists. */
const minimum = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)

/**
 * One loss for each trial: the augmented Chebyshev scalarization, with weights drawn anew for each suggestion so that
 * all of the front gets its turn. A failed trial stays +Infinity.
 *
 * J. Knowles, "ParEGO: A Hybrid Algorithm with On-Line Landscape Approximation for Expensive Multiobjective Optimization
 * Problems", IEEE Transactions on Evolutionary Computation 10 (2006), equation 2. The paper scales each objective by its
 * limits; we take its ranks, since one diverged loss would make all others look the same.
 */
export const chebyshevScalarization = (
  losses: readonly Losses[],
  {seed, trial}: {readonly seed: number; readonly trial: number},
): readonly number[] => {
  const objectives = losses[0]?.length ?? 0
  const weights = drawWeights(objectives, seed, trial)
  const columns = weights.map((_, j) => ranksOf(losses.map((row) => row[j])))
  return losses.map((row, i) => {
    if (!row.every(Number.isFinite)) return Number.POSITIVE_INFINITY
    const weighted = weights.map((lambda, j) => lambda * columns[j][i])
    return Math.max(...weighted) + rho * weighted.reduce((sum, one) => sum + one, 0)
  })
}

/** Uniform over all weights that add up to 1. */
const drawWeights = (count: number, seed: number, trial: number): readonly number[] => {
  const rng = seededRandom(seed, 'objectives', trial)
  const drawn = Array.from({length: count}, () => -Math.log(1 - rng.uniform()))
  const sum = drawn.reduce((a, b) => a + b, 0)
  return drawn.map((one) => one / sum)
}

/** The share (0–1) of the other finite values that each is above; equal ones share the middle of their places. */
const ranksOf = (values: readonly number[]): readonly number[] => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  sorted.forEach((value, i) => {
    if (!first.has(value)) first.set(value, i)
    last.set(value, i)
  })
  const middle = (value: number) => ((first.get(value) ?? 0) + (last.get(value) ?? 0)) / 2
  return values.map((value) => middle(value) / Math.max(1, sorted.length - 1))
}
