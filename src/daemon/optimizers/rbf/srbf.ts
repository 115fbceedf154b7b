/**
 * Stochastic radial basis functions. SRBF: R. G. Regis and C. A. Shoemaker, "A Stochastic Radial Basis Function Method for
 * the Global Optimization of Expensive Functions", INFORMS Journal on Computing 19 (2007). DYCORS perturbs fewer and fewer
 * coordinates: the same, "Combining Radial Basis Function Surrogates and Dynamic Coordinate Search", Engineering
 * Optimization 45 (2013). Both follow pySOT 0.3.3, serial and asynchronous; distances are those of the unit cube's features,
 * and parameters may be categories.
 */
import {seededRandom} from '../../base/random.ts'
import {unitCube} from '../../space/unit-cube.ts'
import {symmetricLatinHypercube} from '../designs.ts'
import {featuresOf, indexOfSmallest, observedIn} from '../observed.ts'
import type {Ask, Optimizer} from '../optimizer.ts'
import {latestRun, type Search} from '../runs.ts'
import {cubicBasis} from './basis.ts'
import {interpolationSystem} from './interpolation-system.ts'
import {bestByMerit} from './merit.ts'
import {perturb} from './perturb.ts'
import {predictNear} from './predict-near.ts'
import {afterLoss, failuresToNarrow, hasConverged, newSearch, type SearchRadius} from './radius.ts'

/** How much the prediction counts against the distance, from trial to trial. */
const weights = [0.3, 0.5, 0.8, 0.95]
const candidatesPerDimension = 100
/** A candidate nearer than this to a trial is the same again. */
const nearest = 1e-3
/** DYCORS perturbs as many coordinates at first, on average. */
const mostPerturbed = 20
/** Where a study has no budget in trials, DYCORS takes it for at least so long, and for twice as long as it is. */
const assumedTrials = 100

export const srbf: Optimizer = {
  name: 'srbf',
  suggest: (ask) => suggestNear(ask, () => 1),
}

export const dycors: Optimizer = {
  name: 'dycors',
  suggest: (ask) =>
    suggestNear(ask, (dimensions, done) =>
      perturbationProbability(
        dimensions,
        done,
        (ask.budgetTrials ?? Math.max(assumedTrials, 2 * ask.trial)) - designSizeOf(dimensions),
      ),
    ),
}

/**
 * How likely DYCORS moves each coordinate (its equation 4), after `done` of the trials that follow the initial design, of
 * which there will be `budget`: fewer and fewer, but one on average.
 */
export const perturbationProbability = (
  dimensions: number,
  done: number,
  budget: number,
): number => {
  const left = budget > 1 ? 1 - Math.log(done + 1) / Math.log(budget) : 0
  return Math.max(Math.min(mostPerturbed / dimensions, 1) * left, 1 / dimensions)
}

export const designSizeOf = (dimensions: number): number => 2 * (dimensions + 1)

/** What the radius does from trial to trial. The first trial after the design always counts as a success. */
const searchIn = (dimensions: number): Search<SearchRadius> => {
  const tolerance = failuresToNarrow(dimensions)
  return {
    designSize: designSizeOf(dimensions),
    begin: () => newSearch,
    next: (state, loss) => afterLoss(state, loss, tolerance),
    hasConverged: (state) => hasConverged(state, tolerance),
  }
}

const suggestNear = (
  {space, history, pending, seed, trial}: Ask,
  probabilityOf: (dimensions: number, done: number) => number,
) => {
  const cube = unitCube(space)
  const {dimensions} = cube
  const size = designSizeOf(dimensions)
  const run = latestRun(
    history.toSorted((a, b) => a.trial - b.trial),
    searchIn(dimensions),
  )
  const place = trial - run.start
  if (place < size) {
    const chance = seededRandom(seed, 'symmetric design', run.start)
    return cube.decode(symmetricLatinHypercube(size, dimensions, chance)[place])
  }
  const rng = seededRandom(seed, 'suggest', trial)
  const observed = observedIn(cube, run.trials)
  const waiting = pending.map(({point}) => cube.encode(point))
  if (observed.positions.length === 0) {
    return cube.decode(Float64Array.from({length: dimensions}, () => rng.uniform()))
  }
  const {positions, x, losses} = observed
  const center = positions[indexOfSmallest(losses)]
  const system = interpolationSystem(x, positions.length, cube.features, cubicBasis, size)
  const candidates = perturb(
    cube,
    center,
    {
      radius: run.state?.radius ?? newSearch.radius,
      probability: probabilityOf(dimensions, trial - size),
    },
    candidatesPerDimension * dimensions,
    rng,
  )
  const all = waiting.length ? concatenated(x, featuresOf(cube, waiting)) : x
  const prospects = predictNear(
    cube,
    center,
    candidates,
    system.interpolate(losses),
    cubicBasis,
    all,
  )
  const chosen = bestByMerit(
    prospects.values,
    prospects.distances,
    weights[(place - size) % weights.length],
    nearest,
  )
  return cube.decode(candidates[chosen])
}

const concatenated = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
