/**
 * The tree-structured Parzen estimator: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, "Algorithms for Hyper-Parameter
 * Optimization", NIPS 2011, section 4. Follows tpe.py of hyperopt 0.3.0, and was compared with its output number by
 * number; only the stream of chance is our own, and the ends of `uniformint` get their full share.
 */
import {type Rng, seededRandom} from '../../base/random.ts'
import {type Law, lawOf, toLatent} from '../../space/distribution.ts'
import {buildPoint, samplePoint} from '../../space/sample.ts'
import {rankByDomination} from '../objectives.ts'
import type {Observation, Optimizer} from '../optimizer.ts'
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
    return buildPoint(space, ({label, distribution}) =>
      suggestValue(lawOf(distribution), valuesAt(label, below), valuesAt(label, above), rng),
    )
  },
}

/** The values of a parameter in the trials where it was active. */
const valuesAt = (label: string, trials: readonly Observation[]): readonly number[] =>
  trials.flatMap(({point}) => point[label] ?? [])

const suggestValue = (
  law: Law,
  below: readonly number[],
  above: readonly number[],
  rng: Rng,
): number => {
  const good = densityOf(law, below)
  const other = densityOf(law, above)
  const candidates = Array.from({length: candidatesPerParameter}, () => good.draw(rng))
  return chooseCandidate(candidates, good, other)
}

/** The density of a parameter after `values` (oldest first): l(x) or g(x) in the paper. */
export const densityOf = (law: Law, values: readonly number[]): Density => {
  if (law.kind === 'unordered') return categoricalDensity(law, values)
  const latents = values.map((value) => toLatent(law, value))
  return mixtureDensity(law, estimateDensity(latents, law))
}
