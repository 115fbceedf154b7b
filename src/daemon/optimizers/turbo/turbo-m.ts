/** TuRBO-m: five trust regions side by side; the one whose drawn function promises the smallest loss gets the next trial. */
import {seededRandom} from '../../base/random.ts'
import {unitCube} from '../../space/unit-cube.ts'
import {latinHypercube} from '../designs.ts'
import {observedIn, observedRows} from '../observed.ts'
import type {Optimizer} from '../optimizer.ts'
import {standardized} from '../standardize.ts'
import {nearTheBest, sampleMinimum} from './region-model.ts'
import {regionsOf} from './regions.ts'
import {newTrustRegion, regionSearch} from './trust-region.ts'

const regionCount = 5
const fitSteps = 50
/** All designs together take at most this share of the budget. */
const designShare = 0.5

export const turboM: Optimizer = {
  name: 'turbo-m',
  suggest: ({space, history, seed, trial, budgetTrials = Infinity}) => {
    const cube = unitCube(space)
    const {dimensions} = cube
    const affordable = Math.floor((designShare * budgetTrials) / regionCount)
    const size = Math.max(2, Math.min(2 * dimensions, affordable))
    const trials = history.toSorted((a, b) => a.trial - b.trial)
    const observed = observedIn(cube, trials)
    const {regions, design} = regionsOf(
      trials.map((one) => one.trial),
      observed,
      trial,
      regionCount,
      regionSearch(dimensions, size),
    )
    const known = regions.filter(({members}) => members.length > 0)
    if (design || known.length === 0) {
      const {start} = design ?? {start: 0}
      const chance = seededRandom(seed, 'latin design', start)
      return cube.decode(latinHypercube(size, dimensions, chance)[(trial - start) % size])
    }
    const rng = seededRandom(seed, 'suggest', trial)
    const promises = known.map(({members, state}) => {
      const {positions, x, losses} = nearTheBest(cube, observedRows(observed, members))
      const {y, mean, deviation} = standardized(losses)
      const {length} = state ?? newTrustRegion(Infinity)
      const {position, value} = sampleMinimum(cube, {positions, x, y}, {length, fitSteps}, rng)
      return {position, loss: mean + deviation * value}
    })
    return cube.decode(promises.reduce((a, b) => (b.loss < a.loss ? b : a)).position)
  },
}
