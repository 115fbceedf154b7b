/**
 * TuRBO-1: a Gaussian process around the best trial of a run, Thompson sampling in a trust region, and a new run elsewhere
 * when the region has shrunk to nothing (the paper is named in trust-region.ts). Written from the paper. Its own deviations:
 * steps and categories, a model of the points nearest to the best, and functions drawn as a whole (thompson.ts).
 */
import {seededRandom} from '../../base/random.ts'
import type {Point} from '../../space/space.ts'
import {unitCube} from '../../space/unit-cube.ts'
import {latinHypercube} from '../designs.ts'
import {observedIn} from '../observed.ts'
import type {Ask, Optimizer} from '../optimizer.ts'
import {latestRun} from '../runs.ts'
import {standardized} from '../standardize.ts'
import {nearTheBest, sampleMinimum} from './region-model.ts'
import {newTrustRegion, regionSearch} from './trust-region.ts'

export type TurboSettings = {
  readonly designSize: (dimensions: number) => number
  readonly standardize: (losses: Float64Array) => Float64Array
  /** How many steps of Adam fit the model. */
  readonly fitSteps: number
  /** Which trials of the study it suggests, by their number. */
  readonly owns: (trial: number) => boolean
}

export const turbo1: Optimizer = {
  name: 'turbo-1',
  suggest: (ask) =>
    suggestInRegion(ask, {
      designSize: (dimensions) => 2 * dimensions,
      standardize: (losses) => standardized(losses).y,
      fitSteps: 50,
      owns: () => true,
    }),
}

/** The suggestion of one trust region that learns from all trials of a study. */
export const suggestInRegion = (
  {space, history, seed, trial}: Ask,
  {designSize, standardize, fitSteps, owns}: TurboSettings,
): Point => {
  const cube = unitCube(space)
  const {dimensions} = cube
  const size = designSize(dimensions)
  const run = latestRun(
    history.toSorted((a, b) => a.trial - b.trial),
    trial,
    regionSearch(dimensions, size),
    owns,
  )
  if (run.place < size || run.trials.length === 0) {
    const chance = seededRandom(seed, 'latin design', run.start)
    return cube.decode(latinHypercube(size, dimensions, chance)[run.place % size])
  }
  const rng = seededRandom(seed, 'suggest', trial)
  const {positions, x, losses} = nearTheBest(cube, observedIn(cube, run.trials))
  const {length} = run.state ?? newTrustRegion(Infinity)
  const data = {positions, x, y: standardize(losses)}
  const {position} = sampleMinimum(cube, data, {length, fitSteps}, rng)
  return cube.decode(position)
}
