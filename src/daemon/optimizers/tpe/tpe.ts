/**
 * The tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, section 4. Follows tpe.py of hyperopt 0.3.0, and was compared with its output number by
 * number; only the stream of chance is our own, and the ends of `uniformint` get their full share.
 */
import {type Rng, seededRandom} from '../../base/random.ts'
import {type Law, lawOf, toLatent} from '../../space/distribution.ts'
import {buildPoint, samplePoint} from '../../space/sample.ts'
import {valuesOf} from '../../space/values.ts'
import {rankByDomination} from '../objectives.ts'
import type {Optimizer} from '../optimizer.ts'
import {categoricalDensity} from './categorical.ts'
import {chooseCandidate, type Density} from './density.ts'
import {estimateDensity} from './parzen-estimator.ts'
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

    const {below, above} = splitTrials(trials, gamma)
    const [good, other] = [below, above].map((some) =>
      some.map(({point}) => valuesOf(space, point)),
    )
    const indexOf = new Map(space.parameters.map(({label}, i) => [label, i]))
    return buildPoint(space, ({label, distribution}) => {
      const i = indexOf.get(label) as number // it is one of the space's
      return suggestValue(lawOf(distribution), columnOf(good, i), columnOf(other, i), rng)
    })
  },
}

/** The values of parameter `i` in the trials where it was active. */
const columnOf = (rows: readonly Float64Array[], i: number): Float64Array => {
  const values = new Float64Array(rows.length)
  let count = 0
  for (const row of rows) if (!Number.isNaN(row[i])) values[count++] = row[i]
  return values.subarray(0, count)
}

const suggestValue = (law: Law, below: Float64Array, above: Float64Array, rng: Rng): number => {
  const good = densityOf(law, below)
  const other = densityOf(law, above)
  const candidates = Array.from({length: candidatesPerParameter}, () => good.draw(rng))
  return chooseCandidate(candidates, good, other)
}

/** The density of a parameter after `values` (oldest first): l(x) or g(x) in the paper. */
export const densityOf = (law: Law, values: Float64Array): Density => {
  if (law.kind === 'unordered') return categoricalDensity(law, values)
  const latents = new Float64Array(values.length)
  for (let i = 0; i < latents.length; i++) latents[i] = toLatent(law, values[i])
  return mixtureDensity(law, estimateDensity(latents, law))
}
