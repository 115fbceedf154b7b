/** The mathematics of the distributions: all of them are one of two laws. */
import type {Rng} from '../base/random.ts'
import type {Distribution} from './space.ts'

/**
 * An ordered value, seen as a hidden real number z: the value is z, or exp(z) on the log scale, rounded to the step.
 * Bounds, center and spread are those of z.
 */
export type OrderedLaw = {
  readonly kind: 'ordered'
  readonly scale: 'linear' | 'log'
  /** Infinite for the normal family. */
  readonly low: number
  readonly high: number
  /** The mean of the normal family, the middle of the uniform one. */
  readonly mu: number
  /** The standard deviation of the normal family, the width of the uniform one. */
  readonly sigma: number
  readonly step?: number
  /** Where a value that rounding pushed out of range is put back to. */
  readonly range: readonly [number, number]
}

/** A whole number that is only a name: option `first + i` has prior probability `probabilities[i]`. */
export type UnorderedLaw = {
  readonly kind: 'unordered'
  readonly first: number
  readonly probabilities: readonly number[]
}

/** How the values of one parameter come about. */
export type Law = OrderedLaw | UnorderedLaw

/** Keeps the logarithm away from a value that was rounded to 0. Hyperopt's constant. */
const tiny = 1e-12

/** The law of a distribution. */
export const lawOf = (one: Distribution): Law => {
  switch (one.kind) {
    case 'uniform':
      return {...between(one.low, one.high), range: [one.low, one.high]}
    case 'loguniform':
      return {...logBetween(one.low, one.high), range: [one.low, one.high]}
    // As in Hyperopt the ends may round outwards: quniform [16, 250, 16] can be 256.
    case 'quniform':
      return {...between(one.low, one.high), step: one.q}
    case 'qloguniform':
      return {...logBetween(one.low, one.high), step: one.q}
    // Half a step wider on both sides, so that the ends are as likely as the rest. Hyperopt 0.3.0 gives them half of it.
    case 'uniformint':
      return {...between(one.low - 0.5, one.high + 0.5), step: 1, range: [one.low, one.high]}
    case 'normal':
      return around(one.mu, one.sigma)
    case 'lognormal':
      return {...logAround(one.mu, one.sigma), range: [Number.MIN_VALUE, Number.MAX_VALUE]}
    case 'qnormal':
      return {...around(one.mu, one.sigma), step: one.q}
    case 'qlognormal':
      return {...logAround(one.mu, one.sigma), step: one.q}
    case 'randint':
      return equal(one.low, one.high - one.low)
    case 'choice':
      return equal(0, one.count)
    case 'pchoice':
      return {kind: 'unordered', first: 0, probabilities: one.probabilities}
  }
}

const finite = [-Number.MAX_VALUE, Number.MAX_VALUE] as const

const between = (low: number, high: number): OrderedLaw => ({
  kind: 'ordered',
  scale: 'linear',
  low,
  high,
  mu: 0.5 * (low + high),
  sigma: high - low,
  range: finite,
})

const around = (mu: number, sigma: number): OrderedLaw => ({
  kind: 'ordered',
  scale: 'linear',
  low: -Infinity,
  high: Infinity,
  mu,
  sigma,
  range: finite,
})

const logBetween = (low: number, high: number): OrderedLaw => ({
  ...between(Math.log(low), Math.log(high)),
  scale: 'log',
})

const logAround = (mu: number, sigma: number): OrderedLaw => ({...around(mu, sigma), scale: 'log'})

const equal = (first: number, count: number): UnorderedLaw => ({
  kind: 'unordered',
  first,
  probabilities: new Array<number>(count).fill(1 / count),
})

/** Draws a value before anything is known. */
export const drawPrior = (law: Law, rng: Rng): number => {
  if (law.kind === 'unordered') return law.first + drawIndex(law.probabilities, rng)
  const isBounded = Number.isFinite(law.low)
  const from = isBounded ? law.low : law.mu
  return toValue(law, from + law.sigma * (isBounded ? rng.uniform() : rng.normal()))
}

/** Draws an index with the given probabilities, which sum to 1. */
export const drawIndex = (probabilities: ArrayLike<number>, rng: Rng): number => {
  const last = probabilities.length - 1
  let left = rng.uniform()
  for (let i = 0; i < last; i++) {
    left -= probabilities[i]
    if (left < 0) return i
  }
  return last
}

/** The value that stands for z. */
export const toValue = (law: OrderedLaw, z: number): number => {
  const raw = law.scale === 'log' ? Math.exp(z) : z
  const stepped = law.step === undefined ? raw : roundHalfEven(raw / law.step) * law.step
  const [lowest, highest] = law.range
  // Adding 0 turns -0 into 0.
  return Math.min(highest, Math.max(lowest, stepped)) + 0
}

/** The z that a value stands for; on the log scale, values that were rounded to below the lower bound go back to it. */
export const toLatent = (law: OrderedLaw, value: number): number => {
  if (law.scale === 'linear') return value
  return Math.log(law.step === undefined ? value : Math.max(value, tiny, Math.exp(law.low)))
}

/** The smallest and the largest value of a law; those of the normal family are all there are. */
export const possibleRange = (law: OrderedLaw): readonly [lowest: number, highest: number] =>
  law.step === undefined ? law.range : [toValue(law, law.low), toValue(law, law.high)]

/** The value that is meant by `value`, which may miss a step by rounding; undefined where the law has no such value. */
export const possibleValue = (law: Law, value: number): number | undefined => {
  if (law.kind === 'unordered') {
    const index = value - law.first
    return Number.isInteger(index) && index >= 0 && index < law.probabilities.length
      ? value
      : undefined
  }
  const {step} = law
  const stepped = step === undefined ? value : roundHalfEven(value / step) * step
  const slack = step === undefined ? 0 : 1e-9 * Math.max(step, Math.abs(value))
  const [lowest, highest] = possibleRange(law)
  const isPossible = Math.abs(stepped - value) <= slack && stepped >= lowest && stepped <= highest
  return isPossible ? stepped + 0 : undefined
}

/** Rounds a tie to the even neighbor, as numpy does and `Math.round` does not. */
export const roundHalfEven = (x: number): number => {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
