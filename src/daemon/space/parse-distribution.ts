/** Reads one leaf of a search space that is made of numbers alone, such as `uniform [lo, hi]`. */
import {ok, type Result, refuse} from '../base/result.ts'
import {shown} from './shown.ts'
import type {Distribution} from './space.ts'

type Rule = {
  readonly holds: (first: number, second: number, q: number) => boolean
  readonly expected: string
  readonly advice: string
}

type Form = {
  readonly numbers: readonly string[]
  readonly rules: readonly Rule[]
  readonly build: (first: number, second: number, q: number) => Distribution
}

/** Larger numbers are slips, and overflow when they are multiplied. */
const largestNumber = 1e100
/** Above it a half can no longer be told from a whole. */
const largestInteger = 1e15
/** Each value of a `randint` has its own probability in memory. */
const mostUnorderedValues = 100_000

const rising: Rule = {
  holds: (lo, hi) => lo < hi,
  expected: 'to have lo < hi',
  advice: 'Put the smaller bound first; where nothing should vary, write the value itself.',
}
/** Neighboring numbers can have the same logarithm. */
const logRising: Rule = {...rising, holds: (lo, hi) => Math.log(lo) < Math.log(hi)}
const positive: Rule = {
  holds: (lo) => lo > 0,
  expected: 'to have 0 < lo < hi',
  advice: 'Raise the lower bound above 0.',
}
const spread: Rule = {
  holds: (_mu, sigma) => sigma > 0,
  expected: 'to have sigma > 0',
  advice: 'sigma is the standard deviation: raise it above 0.',
}
const stepped: Rule = {
  holds: (_first, _second, q) => q > 0,
  expected: 'to have q > 0',
  advice: 'q is the distance between two values: raise it above 0.',
}
const whole: Rule = {
  holds: (...bounds) =>
    bounds.slice(0, 2).every((x) => Number.isInteger(x) && Math.abs(x) <= largestInteger),
  expected: `to have whole bounds within ±${largestInteger}`,
  advice: 'Use whole numbers.',
}
const few: Rule = {
  holds: (lo, hi) => hi - lo <= mostUnorderedValues,
  expected: `to have at most ${mostUnorderedValues} values`,
  advice: 'Use `uniformint`, which knows that near numbers are alike.',
}

const interval = ['lo', 'hi']
const bell = ['mu', 'sigma']

const forms: Readonly<Record<string, Form>> = {
  uniform: {
    numbers: interval,
    rules: [rising],
    build: (low, high) => ({kind: 'uniform', low, high}),
  },
  quniform: {
    numbers: [...interval, 'q'],
    rules: [rising, stepped],
    build: (low, high, q) => ({kind: 'quniform', low, high, q}),
  },
  loguniform: {
    numbers: interval,
    rules: [positive, logRising],
    build: (low, high) => ({kind: 'loguniform', low, high}),
  },
  qloguniform: {
    numbers: [...interval, 'q'],
    rules: [positive, logRising, stepped],
    build: (low, high, q) => ({kind: 'qloguniform', low, high, q}),
  },
  normal: {
    numbers: bell,
    rules: [spread],
    build: (mu, sigma) => ({kind: 'normal', mu, sigma}),
  },
  qnormal: {
    numbers: [...bell, 'q'],
    rules: [spread, stepped],
    build: (mu, sigma, q) => ({kind: 'qnormal', mu, sigma, q}),
  },
  lognormal: {
    numbers: bell,
    rules: [spread],
    build: (mu, sigma) => ({kind: 'lognormal', mu, sigma}),
  },
  qlognormal: {
    numbers: [...bell, 'q'],
    rules: [spread, stepped],
    build: (mu, sigma, q) => ({kind: 'qlognormal', mu, sigma, q}),
  },
  randint: {
    numbers: interval,
    rules: [whole, rising, few],
    build: (low, high) => ({kind: 'randint', low, high}),
  },
  uniformint: {
    numbers: interval,
    rules: [whole, rising],
    build: (low, high) => ({kind: 'uniformint', low, high}),
  },
}

/** The names of the distributions that are made of numbers alone. */
export const numericNames: readonly string[] = Object.keys(forms)

/** The distribution called `name`, one of `numericNames`. A problem says what was expected, and lacks only the path. */
export const parseNumeric = (name: string, source: unknown): Result<Distribution> => {
  const form = forms[name]
  if (!form) throw new Error(`${name} is not one of ${numericNames.join(', ')}`)
  const wrong = ({expected, advice}: Pick<Rule, 'expected' | 'advice'>) =>
    refuse(`expected \`${name}\` ${expected}, got ${shown(source)}. ${advice}`)

  if (!isNumbers(source) || source.length !== form.numbers.length) {
    const {length} = form.numbers
    return wrong({
      expected: `to be [${form.numbers.join(', ')}]`,
      advice: `Give it a list of ${length} finite numbers.`,
    })
  }
  if (source.some((x) => Math.abs(x) > largestNumber)) {
    return wrong({expected: `to stay within ±${largestNumber}`, advice: 'Use smaller numbers.'})
  }
  // A form without a step neither checks nor keeps the third number.
  const [first = 0, second = 0, q = 0] = source
  const broken = form.rules.find((rule) => !rule.holds(first, second, q))
  return broken ? wrong(broken) : ok(form.build(first, second, q))
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((x) => Number.isFinite(x))
