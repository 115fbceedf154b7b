/**
 * The trust region of TuRBO and how it grows and shrinks: D. Eriksson, M. Pearce, J. Gardner, R. D. Turner and M. Poloczek,
 * "Scalable Global Optimization via Local Bayesian Optimization", NeurIPS 2019 (arXiv 1910.01739), section 2 and its
 * supplement. Written from the paper.
 */
import type {Search} from '../runs.ts'

/** How long the sides of a region are, and how it has fared since they last changed. */
export type TrustRegion = {
  readonly length: number
  readonly successes: number
  readonly failures: number
  /** The best loss in it. */
  readonly best: number
}

// The paper's constants.
const firstLength = 0.8
const longest = 1.6
const shortest = 0.5 ** 7
const successesToGrow = 3

/** Less than this share of the best loss is no improvement. */
const leastImprovement = 1e-3

export const newTrustRegion = (best: number): TrustRegion => ({
  length: firstLength,
  successes: 0,
  failures: 0,
  best,
})

/** How many failures in a row halve the region, with `batch` trials at a time. */
export const failuresToShrink = (dimensions: number, batch = 1): number =>
  Math.ceil(Math.max(4 / batch, dimensions / batch))

/** The region after a trial (or the best of a batch) reached `loss`. */
export const afterLoss = (
  region: TrustRegion,
  loss: number,
  failureTolerance: number,
): TrustRegion => {
  // A region in which nothing ever succeeded has no best loss to compare with.
  const isSuccess =
    region.best === Infinity
      ? loss < Infinity
      : loss < region.best - leastImprovement * Math.abs(region.best)
  const best = Math.min(region.best, loss)
  const successes = isSuccess ? region.successes + 1 : 0
  const failures = isSuccess ? 0 : region.failures + 1
  if (successes === successesToGrow) {
    return {length: Math.min(2 * region.length, longest), successes: 0, failures: 0, best}
  }
  if (failures === failureTolerance) {
    return {length: region.length / 2, successes: 0, failures: 0, best}
  }
  return {length: region.length, successes, failures, best}
}

/** The search of one trust region, whose run begins with a design of `designSize` trials. */
export const regionSearch = (dimensions: number, designSize: number): Search<TrustRegion> => {
  const tolerance = failuresToShrink(dimensions)
  return {
    designSize,
    begin: newTrustRegion,
    next: (region, loss) => afterLoss(region, loss, tolerance),
    learn: (region, loss) => ({...region, best: Math.min(region.best, loss)}),
    hasConverged: ({length}) => length < shortest,
  }
}

/**
 * How long each side is as a share of the region's length: longer where the loss changes more slowly. The product is 1,
 * so the volume is that of a cube.
 */
export const sideWeights = (lengthScales: Float64Array): Float64Array => {
  const meanLog = lengthScales.reduce((sum, one) => sum + Math.log(one), 0) / lengthScales.length
  return lengthScales.map((one) => one / Math.exp(meanLog))
}
