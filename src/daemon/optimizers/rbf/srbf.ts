/**
 * Stochastic radial basis functions. SRBF: R. G. Regis and C. A. Shoemaker, "A Stochastic Radial Basis Function Method for
 * the Global Optimization of Expensive Functions", INFORMS Journal on Computing 19 (2007). DYCORS perturbs fewer and fewer
 * coordinates: the same, "Combining Radial Basis Function Surrogates and Dynamic Coordinate Search", Engineering
 * Optimization 45 (2013). Both follow pySOT 0.3.3, serial and asynchronous; distances are those of the unit cube's features,
 * and parameters may be categories.
 */
import {type Rng, seededRandom} from '../../base/random.ts'
import type {Point} from '../../space/space.ts'
import {type Coordinates, type UnitCube, unitCube} from '../../space/unit-cube.ts'
import {symmetricLatinHypercube} from '../designs.ts'
import {featuresOf, indexOfSmallest, type Observed, observedIn} from '../observed.ts'
import type {Ask, Optimizer} from '../optimizer.ts'
import {latestRun, type Search} from '../runs.ts'
import {type Basis, cubicBasis} from './basis.ts'
import {interpolationSystem} from './interpolation-system.ts'
import {bestByMerit} from './merit.ts'
import {perturb} from './perturb.ts'
import {type Prospects, predictNear} from './predict-near.ts'
import {afterLoss, failuresToNarrow, hasConverged, newSearch, type SearchRadius} from './radius.ts'

/** How much the prediction counts against the distance, from trial to trial. */
const weights = [0.3, 0.5, 0.8, 0.95]
const candidatesPerDimension = 100
/** DYCORS perturbs as many coordinates at first, on average. */
const mostPerturbed = 20
/** Where a study has no budget in trials it is taken for at least so long, and for twice as long as it is. */
const assumedTrials = 100

export const designSizeOf = (dimensions: number): number => 2 * (dimensions + 1)

const settings = {basis: cubicBasis, designSize: designSizeOf, owns: () => true}

export const srbf: Optimizer = {
  name: 'srbf',
  suggest: (ask) => suggestNear(ask, {...settings, probability: () => 1}),
}

export const dycors: Optimizer = {
  name: 'dycors',
  suggest: (ask) => {
    const budget = budgetOf(ask)
    return suggestNear(ask, {
      ...settings,
      probability: (dimensions, done) =>
        perturbationProbability(dimensions, done, budget - designSizeOf(dimensions)),
    })
  },
}

/** How many trials a study is taken to have. */
export const budgetOf = ({budgetTrials, trial}: Pick<Ask, 'budgetTrials' | 'trial'>): number =>
  budgetTrials ?? Math.max(assumedTrials, 2 * trial)

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

/** What the radius does from trial to trial. The first trial after the design always counts as a success. */
export const radiusSearch = (dimensions: number, designSize: number): Search<SearchRadius> => {
  const tolerance = failuresToNarrow(dimensions)
  return {
    designSize,
    begin: () => newSearch,
    learn: (state) => state,
    next: (state, loss) => afterLoss(state, loss, tolerance),
    hasConverged: (state) => hasConverged(state, tolerance),
  }
}

export type SrbfSettings = {
  readonly basis: Basis
  readonly designSize: (dimensions: number) => number
  /** How likely each coordinate is moved, after `done` trials that followed the initial design. */
  readonly probability: (dimensions: number, done: number) => number
  /** Which trials of the study it suggests, by their number. */
  readonly owns: (trial: number) => boolean
}

/** The suggestion of one stochastic search that learns from all trials of a study. */
export const suggestNear = (
  {space, history, pending, seed, trial}: Ask,
  {basis, designSize, probability, owns}: SrbfSettings,
): Point => {
  const cube = unitCube(space)
  const {dimensions} = cube
  const size = designSize(dimensions)
  const run = latestRun(
    history.toSorted((a, b) => a.trial - b.trial),
    trial,
    radiusSearch(dimensions, size),
    owns,
  )
  const {place} = run
  if (place < size || run.trials.length === 0) {
    const chance = seededRandom(seed, 'symmetric design', run.start)
    const position = symmetricLatinHypercube(size, dimensions, chance)[place % size]
    return cube.decode(offTheTails(cube, position, size))
  }
  const candidates = prospects(
    cube,
    observedIn(cube, run.trials),
    pending.map(({point}) => cube.encode(point)),
    {
      basis,
      radius: (run.state ?? newSearch).radius,
      probability: probability(dimensions, trial - size),
      eager: size,
    },
    seededRandom(seed, 'suggest', trial),
  )
  return cube.decode(bestByMerit(candidates, weights[(place - size) % weights.length]))
}

/** A design goes to the very ends of the cube, where a normal distribution has values that nobody means. */
const offTheTails = (cube: UnitCube, position: Coordinates, size: number): Coordinates =>
  position.map((one, i) => (cube.isBounded[i] ? one : (0.5 + one * (size - 1)) / size))

/** Candidates around the best trial, with what an interpolant of the losses predicts of them. */
export const prospects = (
  cube: UnitCube,
  {positions, x, losses}: Observed,
  waiting: readonly Coordinates[],
  {
    basis,
    radius,
    probability,
    eager,
  }: {
    readonly basis: Basis
    readonly radius: number
    readonly probability: number
    /** The interpolant's tail rests on points among the first so many. */
    readonly eager: number
  },
  rng: Rng,
): Prospects => {
  const {dimensions, features} = cube
  const center = positions[indexOfSmallest(losses)]
  const count = candidatesPerDimension * dimensions
  const system = interpolationSystem(x, positions.length, features, basis, eager)
  return predictNear(
    cube,
    center,
    perturb(cube, center, {radius, probability}, count, rng),
    system.interpolate(losses),
    basis,
    concatenated(x, featuresOf(cube, waiting)),
  )
}

const concatenated = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
