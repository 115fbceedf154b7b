/**
 * The tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, section 4. Follows tpe.py of hyperopt 0.3.0, and was compared with its output number by
 * number; only the stream of chance is our own, and the ends of `uniformint` get their full share.
 */
import {type Rng, seededRandom} from '../../base/random.ts'
import {buildPoint, samplePoint} from '../../space/sample.ts'
import {valuesOf} from '../../space/values.ts'
import {rankByDomination} from '../objectives.ts'
import type {Optimizer} from '../optimizer.ts'
import {categoricalDensity} from './categorical.ts'
import {chooseCandidate, type Density} from './density.ts'
import {estimateDensity, type SortedObservations} from './parzen-estimator.ts'
import {type Column, sortedColumns} from './sorted-columns.ts'
import {splitTrials} from './split.ts'
import {mixtureDensity} from './truncated-mixture.ts'

// The defaults of hyperopt 0.3.0.
const startupTrials = 20
const gamma = 0.25
const candidatesPerParameter = 24

/** Models each parameter alone, and suggests what looks much more like the good trials than like the others. */
export const tpe: Optimizer = {
  name: 'tpe',
  combineObjectives: rankByDomination,
  suggest: ({space, history, pending, seed, trial}) => {
    const rng = seededRandom(seed, 'suggest', trial)
    // A pending trial counts as a failed one, which keeps the next suggestion away from it.
    const waiting = pending.map((one) => ({...one, loss: Infinity}))
    const trials = [...history, ...waiting].sort((a, b) => a.trial - b.trial)
    if (trials.length < startupTrials) return samplePoint(space, rng)

    const isGood = splitTrials(trials, gamma)
    const columns = sortedColumns(
      space,
      trials.map(({point}) => valuesOf(space, point)),
    )
    const columnOf = new Map(space.parameters.map(({label}, i) => [label, columns[i]]))
    return buildPoint(space, ({label}) => {
      const column = columnOf.get(label) as Column // the label is one of the space's
      return suggestValue(densityOf(column, isGood, 1), densityOf(column, isGood, 0), rng)
    })
  },
}

const suggestValue = (good: Density, other: Density, rng: Rng): number => {
  const candidates = Array.from({length: candidatesPerParameter}, () => good.draw(rng))
  return chooseCandidate(candidates, good, other)
}

/** The density of a parameter after the good trials, or after the others: l(x) or g(x) in the paper. */
export const densityOf = (column: Column, isGood: Uint8Array, wanted: 0 | 1): Density => {
  const {law} = column
  return law.kind === 'unordered'
    ? categoricalDensity(law, valuesIn(column, isGood, wanted))
    : mixtureDensity(law, estimateDensity(observationsIn(column, isGood, wanted), law))
}

const valuesIn = ({values}: Column, isGood: Uint8Array, wanted: 0 | 1): readonly number[] => {
  const found: number[] = []
  for (let trial = 0; trial < values.length; trial++) {
    if (isGood[trial] === wanted && !Number.isNaN(values[trial])) found.push(values[trial])
  }
  return found
}

const observationsIn = (
  {values, latents, order}: Column,
  isGood: Uint8Array,
  wanted: 0 | 1,
): SortedObservations => {
  const ageOf = new Uint32Array(values.length)
  let count = 0
  for (let trial = 0; trial < values.length; trial++) {
    if (isGood[trial] === wanted && !Number.isNaN(values[trial])) ageOf[trial] = count++
  }
  const sorted = new Float64Array(count)
  const ages = new Uint32Array(count)
  for (let i = 0, at = 0; i < order.length; i++) {
    const trial = order[i]
    if (isGood[trial] !== wanted) continue
    sorted[at] = latents[trial]
    ages[at++] = ageOf[trial]
  }
  return {values: sorted, ages}
}
