import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {normalCdf} from '../../../src/daemon/base/statistics.ts'
import type {Observation, Optimizer} from '../../../src/daemon/optimizers/optimizer.ts'
import {random} from '../../../src/daemon/optimizers/random.ts'
import {posteriorProbabilities} from '../../../src/daemon/optimizers/tpe/categorical.ts'
import {chooseCandidate} from '../../../src/daemon/optimizers/tpe/density.ts'
import {
  estimateDensity,
  forgettingWeights,
  type Mixture,
  type SortedObservations,
} from '../../../src/daemon/optimizers/tpe/parzen-estimator.ts'
import {sortedColumns} from '../../../src/daemon/optimizers/tpe/sorted-columns.ts'
import {splitTrials} from '../../../src/daemon/optimizers/tpe/split.ts'
import {densityOf, tpe} from '../../../src/daemon/optimizers/tpe/tpe.ts'
import {mixtureDensity} from '../../../src/daemon/optimizers/tpe/truncated-mixture.ts'
import {lawOf, type OrderedLaw, toLatent} from '../../../src/daemon/space/distribution.ts'
import type {Distribution, Point, Space} from '../../../src/daemon/space/space.ts'
import {valuesOf} from '../../../src/daemon/space/values.ts'
import {askOf, bestAfter, observed, optimizerContract} from '../../contracts/optimizer.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {everythingSource, spaceOf} from '../../fixtures/spaces.ts'

optimizerContract(tpe, {
  'uniform.a': -1.1433630621728916,
  'uniform.b': 128,
  'log.0': 0.006703152954597882,
  'log.1': 10,
  'bell.a': 0.05753729879380551,
  'bell.b': -2,
  'logbell.a': 14.438255688277017,
  'logbell.b': 3.5,
  seed: 9,
  epochs: 4,
  activation: 1,
  optimizer: 2,
  'optimizer.2.centered': 0,
})

test('tpe starts with the same twenty draws from the prior as random', () => {
  const space = spaceOf(everythingSource)
  const suggestions = (count: number) => {
    const ask = askOf(space, {history: observed(space, count)})
    return [tpe.suggest(ask), random.suggest(ask)]
  }
  const [last, lastRandom] = suggestions(19)
  assert.deepEqual(last, lastRandom)
  const [modeled, modeledRandom] = suggestions(20)
  assert.notDeepEqual(modeled, modeledRandom)
})

test('tpe counts a pending trial exactly as a failed one', () => {
  const space = spaceOf(everythingSource)
  const trials = observed(space, 30)
  const failed = trials.map((one) => (one.trial < 25 ? one : {...one, loss: Infinity}))
  const [history, pending] = [trials.slice(0, 25), trials.slice(25)]
  assert.deepEqual(
    tpe.suggest(askOf(space, {trial: 30, history, pending})),
    tpe.suggest(askOf(space, {trial: 30, history: failed})),
  )
})

test('tpe finds a better setting than random does', () => {
  const names = Array.from({length: 10}, (_, i) => `x${i}`)
  const space = spaceOf(Object.fromEntries(names.map((name) => [name, {uniform: [-5, 10]}])))
  const bowl = (point: Point) => names.reduce((sum, name) => sum + (point[name] - 2) ** 2, 0)
  const bests = (optimizer: Optimizer) =>
    Array.from({length: 11}, (_, seed) =>
      bestAfter(optimizer, space, bowl, {seed, trials: 80}),
    ).sort((a, b) => a - b)
  const [ofTpe, ofRandom] = [bests(tpe)[5], bests(random)[5]]
  assert.ok(ofTpe < 0.75 * ofRandom, `${ofTpe} against ${ofRandom}`)
})

test('forgetting weights are those of hyperopt', () => {
  for (const {N, LF, out} of reference.linear_forgetting_weights) {
    assertAllClose(forgettingWeights(N, LF), out)
  }
})

test('the Parzen estimator is that of hyperopt', () => {
  for (const one of reference.adaptive_parzen_normal) {
    const prior = {mu: one.prior_mu, sigma: one.prior_sigma}
    const mixture = estimateDensity(sorted(one.mus), prior, one.prior_weight)
    assertAllClose(mixture.weights, one.weights)
    assertAllClose(mixture.mus, one.srtd_mus)
    assertAllClose(mixture.sigmas, one.sigmas)
  }
})

test('normal and lognormal distributions are those of hyperopt', () => {
  for (const {x, mu, sigma, out} of reference.normal_cdf) {
    assertClose(normalCdf(x, mu, sigma), out)
  }
  for (const {x, mu, sigma, out} of reference.lognormal_cdf) {
    assertClose(normalCdf(toLatent(law({scale: 'log', step: 1}), x), mu, sigma), out)
  }
  for (const {x, mu, sigma, out} of reference.lognormal_lpdf) {
    const single = mixtureOf({weights: [1], mus: [mu], sigmas: [sigma]})
    assertClose(mixtureDensity(law({scale: 'log'}), single).logDensity(x), out)
  }
})

test('the mixtures have the densities of hyperopt', () => {
  const compare = (scale: 'linear' | 'log', one: MixtureCase) => {
    const bounds = {low: one.low ?? -Infinity, high: one.high ?? Infinity}
    const density = mixtureDensity(
      law({scale, ...bounds, step: one.q ?? undefined}),
      mixtureOf(one),
    )
    assertAllClose(one.samples.map(density.logDensity), one.out)
  }
  for (const one of reference.GMM1_lpdf) compare('linear', one)
  for (const one of reference.LGMM1_lpdf) compare('log', one)
})

test('a mixture is drawn as often as its density says', () => {
  const rng = seededRandom(3, 'draws')
  const mixture = mixtureOf({
    weights: [0.2, 0.5, 0.3],
    mus: [0, 1, 2.2],
    sigmas: [0.3, 1, 0.4],
  })
  for (const scale of ['linear', 'log'] as const) {
    const {draw, logDensity} = mixtureDensity(law({scale, low: -1, high: 2.5, step: 1}), mixture)
    const count = 20_000
    const drawn = new Map<number, number>()
    for (let i = 0; i < count; i++) {
      const value = draw(rng)
      drawn.set(value, (drawn.get(value) ?? 0) + 1)
    }
    for (const [value, times] of drawn) {
      const share = Math.exp(logDensity(value))
      const deviation = Math.sqrt((share * (1 - share)) / count)
      assert.ok(Math.abs(times / count - share) < 5 * deviation, `${scale} ${value}: ${times}`)
    }
  }
})

test('a uniformint gives its ends the same share as the rest', () => {
  const {logDensity} = densityAfter({kind: 'uniformint', low: 1, high: 4}, [2.5])
  assertClose(logDensity(1), logDensity(4))
  const shares = [1, 2, 3, 4].map((value) => Math.exp(logDensity(value)))
  assertClose(
    shares.reduce((sum, share) => sum + share, 0),
    1,
  )
  assert.ok(shares[0] > 0.8 * shares[1])
})

test('the probabilities of choices are those of hyperopt', () => {
  for (const one of reference.categorical) {
    const equal = {kind: 'unordered', first: 0, probabilities: one.p.map(() => 1 / one.k)} as const
    const stated = {...equal, probabilities: one.p}
    assertAllClose(posteriorProbabilities(equal, one.obs, one.prior_weight), one.randint_post)
    const posterior = posteriorProbabilities(stated, one.obs, one.prior_weight)
    assertAllClose(posterior, one.pchoice_post)
    assertAllClose(posterior.map(Math.log), one.categorical_lpdf)
  }
})

test('trials are split into good and other as by hyperopt', () => {
  for (const one of reference.ap_split_trials) {
    // The largest cases tell only how many trials are good.
    const losses = one.l_vals ?? Array.from({length: one.n}, (_, i) => i)
    const values = new Map(one.o_idxs?.map((trial, i) => [trial, one.o_vals?.[i] ?? 0]))
    const trials = losses.map((loss, i): Observation => {
      const trial = one.l_idxs?.[i] ?? i
      const value = values.get(trial)
      return {trial, loss, point: value === undefined ? {} : {x: value}}
    })
    const isGood = splitTrials(trials, one.gamma)
    const [below, above] = [1, 0].map((good) => trials.filter((_, i) => isGood[i] === good))
    assert.equal(below.length, one.n_below)
    if (one.below) assert.deepEqual(seenOf('x', below), one.below)
    if (one.above) assert.deepEqual(seenOf('x', above), one.above)
  }
})

test('columns that grew trial by trial are those made at once', () => {
  const space = spaceOf(everythingSource)
  const rows = observed(space, 80).map(({point}) => valuesOf(space, point))
  const fresh = sortedColumns(spaceOf(everythingSource), rows)
  for (const count of [20, 21, 50, 80]) sortedColumns(space, rows.slice(0, count))
  assert.deepEqual(sortedColumns(space, rows), fresh)
  // Another history of the same space starts over.
  const other = rows.slice(40)
  assert.deepEqual(sortedColumns(space, other), sortedColumns(spaceOf(everythingSource), other))
})

test('sums of many narrow components agree with plain ones', () => {
  const rng = seededRandom(8, 'components')
  const values = Float64Array.from({length: 3000}, () => rng.uniform() ** 3).sort()
  const mixture = estimateDensity(
    {values, ages: Uint32Array.from({length: 3000}, (_, i) => i)},
    {mu: 0.5, sigma: 1},
  )
  const {logDensity} = mixtureDensity(law({low: 0, high: 1, mu: 0.5}), mixture)
  let accepted = 0
  for (let i = 0; i < 3001; i++) {
    const [mu, sigma] = [mixture.mus[i], mixture.sigmas[i]]
    accepted += mixture.weights[i] * (normalCdf(1, mu, sigma) - normalCdf(0, mu, sigma))
  }
  for (const z of [0, 0.003, 0.2, 0.5, 0.77, 1]) {
    let plain = 0
    for (let i = 0; i < 3001; i++) {
      const t = (z - mixture.mus[i]) / mixture.sigmas[i]
      plain += (mixture.weights[i] / mixture.sigmas[i]) * Math.exp(-0.5 * t * t)
    }
    const expected = Math.log(plain / Math.sqrt(2 * Math.PI) / accepted)
    assert.ok(Math.abs(logDensity(z) - expected) < 1e-11, `${logDensity(z)} is not ${expected}`)
  }
})

test('whole suggestions go through the same numbers as in hyperopt', () => {
  for (const {gamma, history, params, steps} of reference.suggest_trace) {
    const trials = history.map(({tid, status, loss, vals}) => ({
      trial: tid,
      point: vals,
      loss: status === 'ok' ? loss : Infinity,
    }))
    const isGood = splitTrials(trials, gamma)
    const [below, above] = [1, 0].map((good) => trials.filter((_, i) => isGood[i] === good))
    for (const {label, obs_below, obs_above, samples, ...expected} of steps) {
      const distribution = distributionOf(params[label])
      const itsLaw = lawOf(distribution)
      assertAllClose(seenOf(label, below), obs_below)
      assertAllClose(seenOf(label, above), obs_above)
      const l = densityAfter(distribution, obs_below)
      const g = densityAfter(distribution, obs_above)
      // Hyperopt counts a randint's values from its lower bound until the very end.
      const offset = itsLaw.kind === 'unordered' ? itsLaw.first : 0
      const candidates = samples.map((sample) => sample + offset)
      assertAllClose(candidates.map(l.logDensity), expected.below_llik)
      // Where values repeat, numpy's argsort orders them by the machine's vector instructions, and with them the weights
      // of old trials; ours keeps the order of the trials, as hyperopt does with `argsort(kind='stable')`.
      const logAbove = expected.above_llik_stable ?? expected.above_llik
      assertAllClose(candidates.map(g.logDensity), logAbove)
      assert.equal(chooseCandidate(candidates, l, g), expected.chosen + offset)
    }
  }
})

/** The density of a parameter after some observations, oldest first. */
const densityAfter = (distribution: Distribution, observations: Numbers) => {
  const parameters = [{label: 'x', distribution, conditions: []}]
  const space: Space = {root: {kind: 'group', entries: []}, parameters}
  const [column] = sortedColumns(
    space,
    observations.map((value) => Float64Array.of(value)),
  )
  return densityOf(column, new Uint8Array(observations.length), 0)
}

const sorted = (observations: Numbers): SortedObservations => {
  const ages = Array.from(observations.keys()).sort(
    (a, b) => observations[a] - observations[b] || a - b,
  )
  return {
    ages: Uint32Array.from(ages),
    values: Float64Array.from(ages, (age) => observations[age]),
  }
}

const mixtureOf = ({weights, mus, sigmas}: Readonly<Record<keyof Mixture, Numbers>>): Mixture => ({
  weights: Float64Array.from(weights),
  mus: Float64Array.from(mus),
  sigmas: Float64Array.from(sigmas),
})

const seenOf = (label: string, trials: readonly Observation[]): Numbers =>
  trials.flatMap(({point}) => point[label] ?? [])

const law = (change: Partial<OrderedLaw>): OrderedLaw => ({
  kind: 'ordered',
  scale: 'linear',
  low: -Infinity,
  high: Infinity,
  mu: 0,
  sigma: 1,
  range: [-Infinity, Infinity],
  ...change,
})

/** A parameter as hyperopt names it: its bounds are exponents, its choices are randints. */
const distributionOf = ([kind, ...numbers]: TracedParameter): Distribution => {
  const [first, second, q] = numbers.map(Number)
  switch (kind) {
    case 'uniform':
    case 'randint':
      return {kind, low: first, high: second}
    case 'quniform':
      return {kind, low: first, high: second, q}
    case 'loguniform':
      return {kind, low: Math.exp(first), high: Math.exp(second)}
    case 'qloguniform':
      return {kind, low: Math.exp(first), high: Math.exp(second), q}
    case 'normal':
    case 'lognormal':
      return {kind, mu: first, sigma: second}
    case 'qnormal':
    case 'qlognormal':
      return {kind, mu: first, sigma: second, q}
    case 'categorical':
      return {kind: 'pchoice', probabilities: numbers.flat()}
  }
}

const assertAllClose = (actual: ArrayLike<number>, expected: Numbers): void => {
  assert.equal(actual.length, expected.length)
  expected.forEach((value, i) => {
    assertClose(actual[i], value)
  })
}

/** Within 1e-9, relative where numbers are large. */
const assertClose = (actual: number, expected: number): void => {
  const isClose = Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected))
  assert.ok(isClose || actual === expected, `${actual} is not ${expected}`)
}

type Numbers = readonly number[]
type Curve = {readonly x: number; readonly mu: number; readonly sigma: number; readonly out: number}
type MixtureCase = Readonly<Record<keyof Mixture, Numbers>> & {
  readonly samples: Numbers
  readonly low: number | null
  readonly high: number | null
  readonly q: number | null
  readonly out: Numbers
}
type TracedParameter = readonly [
  Exclude<Distribution['kind'], 'choice' | 'pchoice' | 'uniformint'> | 'categorical',
  ...(readonly (number | Numbers)[]),
]

/** What hyperopt 0.3.0's own functions answered (hyperopt/tpe.py with numpy 2.4.6; shortened). */
type Reference = {
  readonly linear_forgetting_weights: readonly {N: number; LF: number; out: Numbers}[]
  readonly adaptive_parzen_normal: readonly {
    readonly mus: Numbers
    readonly prior_weight: number
    readonly prior_mu: number
    readonly prior_sigma: number
    readonly weights: Numbers
    readonly srtd_mus: Numbers
    readonly sigmas: Numbers
  }[]
  readonly normal_cdf: readonly Curve[]
  readonly lognormal_cdf: readonly Curve[]
  readonly lognormal_lpdf: readonly Curve[]
  readonly GMM1_lpdf: readonly MixtureCase[]
  readonly LGMM1_lpdf: readonly MixtureCase[]
  readonly categorical: readonly {
    readonly obs: Numbers
    readonly k: number
    readonly prior_weight: number
    readonly p: Numbers
    readonly randint_post: Numbers
    readonly pchoice_post: Numbers
    readonly categorical_lpdf: Numbers
  }[]
  readonly ap_split_trials: readonly {
    readonly n: number
    readonly gamma: number
    readonly n_below: number
    readonly o_idxs?: Numbers
    readonly o_vals?: Numbers
    readonly l_idxs?: Numbers
    readonly l_vals?: Numbers
    readonly below?: Numbers
    readonly above?: Numbers
  }[]
  readonly suggest_trace: readonly {
    readonly gamma: number
    readonly params: Readonly<Record<string, TracedParameter>>
    readonly history: readonly {
      readonly tid: number
      readonly status: 'ok' | 'fail'
      readonly loss: number
      readonly vals: Point
    }[]
    readonly steps: readonly {
      readonly label: string
      readonly obs_below: Numbers
      readonly obs_above: Numbers
      readonly samples: Numbers
      readonly below_llik: Numbers
      readonly above_llik: Numbers
      readonly above_llik_stable?: Numbers
      readonly chosen: number
    }[]
  }[]
}

/** JSON has no infinity and no NaN: they are strings there. An optimizer is never given a NaN, but +Infinity. */
const numbers: Readonly<Record<string, number>> = {
  inf: Infinity,
  nan: Infinity,
  '-inf': -Infinity,
}

const reference: Reference = JSON.parse(
  readFileSync(join(projectRoot(), 'test/fixtures/hyperopt-tpe.json'), 'utf8'),
  (_, value) => (typeof value === 'string' ? (numbers[value] ?? value) : value),
)
