import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {
  bounds,
  fitWithinBounds,
} from '../../../src/daemon/optimizers/gaussian-process/bounded-fit.ts'
import type {Hyperparameters} from '../../../src/daemon/optimizers/gaussian-process/hyperparameters.ts'
import {
  negativeLogLikelihood,
  workspaceFor,
} from '../../../src/daemon/optimizers/gaussian-process/likelihood.ts'
import {posteriorOf} from '../../../src/daemon/optimizers/gaussian-process/posterior.ts'
import {
  distancesIn,
  type TrainingData,
} from '../../../src/daemon/optimizers/gaussian-process/training-data.ts'
import {copulaStandardized} from '../../../src/daemon/optimizers/standardize.ts'
import {
  boxAround,
  candidateCount,
  drawCandidates,
  perturbationProbability,
} from '../../../src/daemon/optimizers/turbo/candidates.ts'
import {drawFunction} from '../../../src/daemon/optimizers/turbo/thompson.ts'
import {
  afterLoss,
  failuresToShrink,
  newTrustRegion,
  regionSearch,
  sideWeights,
} from '../../../src/daemon/optimizers/turbo/trust-region.ts'
import {turbo1} from '../../../src/daemon/optimizers/turbo/turbo.ts'
import {turboM} from '../../../src/daemon/optimizers/turbo/turbo-m.ts'
import {unitCube} from '../../../src/daemon/space/unit-cube.ts'
import {optimizerContract} from '../../contracts/optimizer.ts'
import {assertAllClose, assertClose} from '../../fixtures/assert-close.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

optimizerContract(turbo1, {
  'uniform.a': 1.0602271519904978,
  'uniform.b': 80,
  'log.0': 0.0078068140349260105,
  'log.1': 63,
  'bell.a': -0.16263244898256035,
  'bell.b': -4,
  'logbell.a': 0.5734693608982655,
  'logbell.b': 6.5,
  seed: 6,
  epochs: 7,
  activation: 0,
  optimizer: 2,
  'optimizer.2.centered': 0,
})

optimizerContract(turboM, {
  'uniform.a': -1.0790416262540161,
  'uniform.b': 80,
  'log.0': 0.0005093158956658444,
  'log.1': 1,
  'bell.a': 3.688644527392387,
  'bell.b': 0,
  'logbell.a': 0.2608455607835747,
  'logbell.b': 0.5,
  seed: 10,
  epochs: 10,
  activation: 1,
  optimizer: 0,
})

const dataOf = ({X, y, dim}: ProcessCase): TrainingData => ({
  n: y.length,
  x: Float64Array.from(X.flat()),
  y: Float64Array.from(y),
  dimensionOf: Array.from({length: dim}, (_, i) => i),
})

const hyperparametersOf = (one: ProcessCase): Hyperparameters => ({
  mean: one.mean,
  noise: one.noise,
  outputScale: one.outputscale,
  lengthScales: Float64Array.from(one.lengthscale),
})

const likelihoodOf = (data: TrainingData, hyperparameters: Hyperparameters) => {
  const found = negativeLogLikelihood(
    data,
    distancesIn(data),
    hyperparameters,
    workspaceFor(data.n),
  )
  assert.ok(found)
  return found
}

test('the likelihood of a Gaussian process and its gradient are those of gpytorch', () => {
  reference.gp.forEach((one, i) => {
    const {value, gradient} = likelihoodOf(dataOf(one), hyperparametersOf(one))
    // The reference's own rounding shows in the eighth digit; ours is right to the twelfth.
    assertClose(value, one.nll_per_n, 2e-8)
    assertClose(value, exactLikelihoods[i], 1e-12)
    // The reference's slopes are those of the logits of where each value stands between its bounds.
    const slopes = [
      gradient.mean,
      gradient.noise * slopeBetween(one.noise, bounds.noise),
      gradient.outputScale * slopeBetween(one.outputscale, bounds.outputScale),
      ...gradient.lengthScales.map(
        (slope, i) => slope * slopeBetween(one.lengthscale[i], bounds.lengthScale),
      ),
    ]
    assertAllClose(slopes, one.grad_raw_order_mean_noise_scale_ls, 1e-7)
  })
})

test('the likelihood slopes as its gradient says', () => {
  const one = reference.gp[1]
  const data = dataOf(one)
  const at = hyperparametersOf(one)
  const {gradient} = likelihoodOf(data, at)
  const h = 1e-6
  const slopeAlong = (move: (step: number) => Hyperparameters) =>
    (likelihoodOf(data, move(h)).value - likelihoodOf(data, move(-h)).value) / (2 * h)
  assertClose(
    slopeAlong((step) => ({...at, noise: at.noise + step})),
    gradient.noise,
    1e-6,
  )
  at.lengthScales.forEach((_, i) => {
    const slope = slopeAlong((step) => ({
      ...at,
      lengthScales: at.lengthScales.map((one, j) => (i === j ? one + step : one)),
    }))
    assertClose(slope, gradient.lengthScales[i], 1e-6)
  })
})

test('the posterior is that of gpytorch', () => {
  for (const one of reference.gp) {
    const posterior = posteriorOf(dataOf(one), hyperparametersOf(one))
    const queries = one.query.map((row) => Float64Array.from(row))
    queries.forEach((query, i) => {
      const {mean, variance} = posterior.predict(query)
      assertClose(mean, one.post_mean[i], 1e-7)
      assertClose(variance, one.post_cov[i][i], 1e-7)
      assertAllClose(
        queries.map((other) => posterior.covariance(query, other)),
        one.post_cov[i],
        1e-7,
      )
    })
  }
})

test('fifty steps of Adam lead where they do in gpytorch', () => {
  for (const one of reference.gp) {
    const fitted = fitWithinBounds(dataOf(one), 50)
    assertClose(fitted.mean, one.fit50.mean, 1e-5)
    assertClose(fitted.noise, one.fit50.noise, 1e-5)
    assertClose(fitted.outputScale, one.fit50.outputscale, 1e-5)
    assertAllClose([...fitted.lengthScales], one.fit50.lengthscale, 1e-5)
  }
})

test('drawn functions vary as the posterior says, together and alone', () => {
  const one = reference.gp[0]
  const data = dataOf(one)
  const hyperparameters = hyperparametersOf(one)
  const posterior = posteriorOf(data, hyperparameters)
  const queries = one.query.map((row) => Float64Array.from(row))
  const draws = 4000
  const rng = seededRandom(5, 'functions')
  const values = Array.from({length: draws}, () => {
    const drawn = drawFunction(data, hyperparameters, posterior, rng)
    return queries.map(drawn)
  })
  const meanOf = (f: (row: Numbers) => number) =>
    values.reduce((sum, row) => sum + f(row), 0) / draws
  one.post_mean.forEach((mean, i) => {
    const deviation = Math.sqrt(one.post_cov[i][i] / draws)
    assert.ok(Math.abs(meanOf((row) => row[i]) - mean) < 5 * deviation)
    one.post_cov[i].forEach((covariance, j) => {
      const ours = meanOf((row) => (row[i] - mean) * (row[j] - one.post_mean[j]))
      const spread = Math.sqrt((one.post_cov[i][i] * one.post_cov[j][j] * 2) / draws)
      assert.ok(Math.abs(ours - covariance) < 5 * spread, `${ours} is not ${covariance}`)
    })
  })
})

test('a trust region grows, shrinks and ends as the paper says', () => {
  for (const {dim, batch, failtol, start_best, trace} of reference.trust_region) {
    const tolerance = failuresToShrink(dim, batch)
    assert.equal(tolerance, failtol)
    let region = newTrustRegion(start_best)
    for (const [loss, length, successes, failures] of trace) {
      region = afterLoss(region, loss, tolerance)
      assert.deepEqual(
        [region.length, region.successes, region.failures],
        [length, successes, failures],
      )
    }
  }
  const {begin, hasConverged} = regionSearch(2, 4)
  assert.ok(hasConverged({...begin(1), length: 0.5 ** 8}))
  assert.ok(!hasConverged({...begin(1), length: 0.5 ** 7}))
})

test('the box of a trust region and its candidates are as the paper says', () => {
  for (const one of reference.tr_box) {
    const weights = sideWeights(Float64Array.from(one.lengthscale))
    assertAllClose([...weights], one.weights, 1e-9)
    const box = boxAround(
      Float64Array.from(one.center),
      weights.map((weight) => weight * one.L),
    )
    assertAllClose([...box.low], one.lb, 1e-9)
    assertAllClose([...box.high], one.ub, 1e-9)
    assert.equal(candidateCount(one.dim), one.n_cand)
    assertClose(perturbationProbability(one.dim), one.prob_perturb, 1e-9)
  }
})

test('candidates lie in the box, differ from its center, and wake parameters up', () => {
  const space = spaceOf({
    a: {uniform: [0, 1]},
    kind: {choice: ['plain', {b: {uniform: [0, 1]}}]},
    c: {uniformint: [1, 4]},
  })
  const cube = unitCube(space)
  const center = cube.encode({a: 0.5, kind: 0, c: 2})
  const box = boxAround(center, new Float64Array(4).fill(0.4))
  const candidates = drawCandidates(cube, center, box, 500, seededRandom(2, 'candidates'))
  const points = candidates.map(cube.decode)
  assert.ok(points.every(({a}) => 0.3 <= a && a <= 0.7))
  const woken = points.filter(({kind}) => kind === 1).map((point) => point['kind.1.b'])
  assert.ok(woken.length > 50 && woken.length < 450)
  assert.ok(Math.min(...woken) < 0.1 && Math.max(...woken) > 0.9)
})

test('losses are standardized by rank as in the challenge', () => {
  for (const {y, out} of reference.copula_standardize) {
    assertAllClose([...copulaStandardized(Float64Array.from(y))], out, 1e-9)
  }
})

/** The reference's `nll_per_n`, worked out with forty digits. */
const exactLikelihoods = [
  0.7285828162965723, 1.142117351472266, 1.335032428130182, 1.641480162715049,
]

const slopeBetween = (value: number, [low, high]: readonly [number, number]): number => {
  const share = (value - low) / (high - low)
  return (high - low) * share * (1 - share)
}

type Numbers = readonly number[]

type ProcessCase = {
  readonly dim: number
  readonly X: readonly Numbers[]
  readonly y: Numbers
  readonly mean: number
  readonly noise: number
  readonly outputscale: number
  readonly lengthscale: Numbers
  readonly nll_per_n: number
  readonly grad_raw_order_mean_noise_scale_ls: Numbers
  readonly query: readonly Numbers[]
  readonly post_mean: Numbers
  readonly post_cov: readonly Numbers[]
  readonly fit50: {
    readonly mean: number
    readonly noise: number
    readonly outputscale: number
    readonly lengthscale: Numbers
  }
}

/** Formulas of the TuRBO paper's model, checked against gpytorch 1.15.2, and scripted traces of its trust regions. */
const reference: {
  readonly gp: readonly ProcessCase[]
  readonly trust_region: readonly {
    readonly dim: number
    readonly batch: number
    readonly failtol: number
    readonly start_best: number
    readonly trace: readonly (readonly [number, number, number, number])[]
  }[]
  readonly tr_box: readonly {
    readonly dim: number
    readonly L: number
    readonly lengthscale: Numbers
    readonly center: Numbers
    readonly weights: Numbers
    readonly lb: Numbers
    readonly ub: Numbers
    readonly n_cand: number
    readonly prob_perturb: number
  }[]
  readonly copula_standardize: readonly {readonly y: Numbers; readonly out: Numbers}[]
} = JSON.parse(readFileSync(join(projectRoot(), 'test/fixtures/turbo-gp.json'), 'utf8'))
