/**
 * Our best default: two searches that differ as much as possible take turns and learn from each other's trials. A Gaussian
 * process proposes where it expects to improve most, anywhere in the space; DYCORS moves a few parameters of the best
 * trial, guided by an interpolant of all losses. docs/optimizers.md has what this reaches against each alone and others.
 */
import {seededRandom} from '../../base/random.ts'
import {unitCube} from '../../space/unit-cube.ts'
import {latinHypercube} from '../designs.ts'
import {chebyshevScalarization} from '../objectives.ts'
import {observedIn} from '../observed.ts'
import type {Optimizer} from '../optimizer.ts'
import {cubicBasis} from '../rbf/basis.ts'
import {bestByMerit} from '../rbf/merit.ts'
import {newSearch} from '../rbf/radius.ts'
import {budgetOf, perturbationProbability, prospects, radiusSearch} from '../rbf/srbf.ts'
import {latestRun} from '../runs.ts'
import {expectedBest} from './expected-best.ts'

/**
 * In a few dimensions a Gaussian process alone does nearly as well, and every fifth trial keeps it from settling too
 * early; in more it needs half of the trials to be local. Chosen on the problems of bench/optimizers.
 */
const turnsOf = (dimensions: number): number => (dimensions < 10 ? 5 : 2)

/** How much the prediction counts against the distance: more than in DYCORS alone, since others look far away. */
const weights = [0.5, 0.8, 0.95]

/** The first trial is the middle of the space, the next ones fill it evenly. */
const designSizeOf = (dimensions: number): number => dimensions + 1

export const auto: Optimizer = {
  name: 'auto',
  combineObjectives: chebyshevScalarization,
  suggest: ({space, history, pending, seed, trial, budgetTrials}) => {
    const cube = unitCube(space)
    const {dimensions} = cube
    const size = designSizeOf(dimensions)
    const trials = history.toSorted((a, b) => a.trial - b.trial)
    if (trial === 0) return cube.decode(new Float64Array(dimensions).fill(0.5))
    if (trial < size || trials.length === 0) {
      const design = latinHypercube(size, dimensions, seededRandom(seed, 'latin design'))
      return cube.decode(design[trial % size])
    }
    const rng = seededRandom(seed, 'suggest', trial)
    const waiting = pending.map(({point}) => cube.encode(point))
    const observed = observedIn(cube, trials)
    const turns = turnsOf(dimensions)
    const isLocal = (one: number): boolean => one >= size && (one - size) % turns === turns - 1
    if (!isLocal(trial)) {
      return cube.decode(expectedBest(cube, observed, waiting, rng))
    }
    const run = latestRun(trials, trial, radiusSearch(dimensions, 0), isLocal)
    const budget = budgetOf({budgetTrials, trial}) - size
    const candidates = prospects(
      cube,
      observed,
      waiting,
      {
        basis: cubicBasis,
        radius: (run.state ?? newSearch).radius,
        probability: perturbationProbability(dimensions, trial - size, budget),
        eager: size,
      },
      rng,
    )
    return cube.decode(bestByMerit(candidates, weights[run.place % weights.length]))
  },
}
