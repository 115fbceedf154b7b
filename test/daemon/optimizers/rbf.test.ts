import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {test} from 'node:test'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {symmetricLatinHypercube} from '../../../src/daemon/optimizers/designs.ts'
import {type Basis, cubicBasis} from '../../../src/daemon/optimizers/rbf/basis.ts'
import {
  type Interpolant,
  interpolationSystem,
} from '../../../src/daemon/optimizers/rbf/interpolation-system.ts'
import {bestByMerit, unitScale} from '../../../src/daemon/optimizers/rbf/merit.ts'
import {perturb} from '../../../src/daemon/optimizers/rbf/perturb.ts'
import {predictNear} from '../../../src/daemon/optimizers/rbf/predict-near.ts'
import {
  afterLoss,
  failuresToNarrow,
  hasConverged,
  newSearch,
} from '../../../src/daemon/optimizers/rbf/radius.ts'
import {
  designSizeOf,
  dycors,
  perturbationProbability,
  srbf,
} from '../../../src/daemon/optimizers/rbf/srbf.ts'
import {roundHalfEven} from '../../../src/daemon/space/distribution.ts'
import {type Coordinates, unitCube} from '../../../src/daemon/space/unit-cube.ts'
import {optimizerContract} from '../../contracts/optimizer.ts'
import {assertAllClose, assertClose} from '../../fixtures/assert-close.ts'
import {projectRoot} from '../../fixtures/project.ts'
import {spaceOf} from '../../fixtures/spaces.ts'

optimizerContract(srbf, {
  'uniform.a': 4.741935483870968,
  'uniform.b': 80,
  'log.0': 0.008068790323871887,
  'log.1': 30,
  'bell.a': -3.307749388122911,
  'bell.b': -22,
  'logbell.a': 0.1871322443980951,
  'logbell.b': 1.5,
  seed: 11,
  epochs: 10,
  activation: 0,
  optimizer: 1,
  'optimizer.1.beta1': 0.977741935483871,
})

optimizerContract(dycors, {
  'uniform.a': 4.741935483870968,
  'uniform.b': 80,
  'log.0': 0.008068790323871887,
  'log.1': 30,
  'bell.a': -3.307749388122911,
  'bell.b': -22,
  'logbell.a': 0.1871322443980951,
  'logbell.b': 1.5,
  seed: 11,
  epochs: 10,
  activation: 0,
  optimizer: 1,
  'optimizer.1.beta1': 0.977741935483871,
})

/** The radial functions of pySOT. Its linear one is negative definite: ours are turned around, and the ridge with them. */
const basisOf = ({kernel, tail, eta}: InterpolantCase): Basis => {
  switch (kernel) {
    case 'cubic':
      return {...cubicBasis, ridge: eta}
    case 'tps':
      return {radial: (r2) => (r2 > 0 ? 0.5 * r2 * Math.log(r2) : 0), tail, ridge: eta}
    case 'linear':
      return {radial: (r2) => -Math.sqrt(r2), tail, ridge: -eta}
  }
}

/** The cube of `dimensions` coordinates that are what they seem. */
const plainCube = (dimensions: number) =>
  unitCube(
    spaceOf(
      Object.fromEntries(Array.from({length: dimensions}, (_, i) => [`x${i}`, {uniform: [0, 1]}])),
    ),
  )

const flat = (rows: readonly Numbers[]): Float64Array => Float64Array.from(rows.flat())

const interpolantOf = (one: InterpolantCase): {readonly x: Float64Array} & Interpolant => {
  const rows = one.X.map((row) => toUnit(row, one))
  const x = flat(rows)
  const system = interpolationSystem(x, rows.length, one.dim, basisOf(one), rows.length)
  return {x, ...system.interpolate(Float64Array.from(one.fX))}
}

const toUnit = (row: Numbers, {lb, ub}: InterpolantCase): Numbers =>
  row.map((value, i) => (value - lb[i]) / (ub[i] - lb[i]))

const valueAt = (one: InterpolantCase, found: ReturnType<typeof interpolantOf>, query: Numbers) => {
  const position = Float64Array.from(toUnit(query, one))
  const {values} = predictNear(
    plainCube(one.dim),
    position,
    [position],
    found,
    basisOf(one),
    found.x,
  )
  return values[0]
}

test('interpolants have the coefficients of pySOT', () => {
  for (const one of reference.rbf) {
    const {weights, tail} = interpolantOf(one)
    const sign = one.kernel === 'linear' ? -1 : 1
    const ours = [...tail, ...weights.map((weight) => sign * weight)]
    assertAllClose(ours, one.coef_tail_then_rbf, 1e-6)
  }
})

test('interpolants predict what those of pySOT do, and slope as they do', () => {
  for (const one of reference.rbf) {
    const found = interpolantOf(one)
    one.query.forEach((query, q) => {
      assertClose(valueAt(one, found, query), one.predict[q], 1e-6)
    })
    one.deriv_first5.forEach((slopes, q) => {
      slopes.forEach((slope, i) => {
        const h = 1e-5 * (one.ub[i] - one.lb[i])
        const at = (step: number) =>
          valueAt(
            one,
            found,
            one.query[q].map((value, j) => (j === i ? value + step : value)),
          )
        const ours = (at(h) - at(-h)) / (2 * h)
        assert.ok(
          Math.abs(ours - slope) <= 1e-4 * Math.max(1, ...slopes.map(Math.abs)),
          `${ours} is not ${slope}`,
        )
      })
    })
  }
})

test('a system that grew point by point gives the same interpolant as one made at once', () => {
  const one = reference.rbf[28]
  const rows = one.X.map((row) => toUnit(row, one))
  const basis = {...cubicBasis}
  const grown = rows.map((_, i) => {
    const n = Math.max(20, i + 1)
    const system = interpolationSystem(flat(rows.slice(0, n)), n, one.dim, basis, 20)
    return system.interpolate(Float64Array.from(one.fX.slice(0, n)))
  })
  const atOnce = interpolationSystem(flat(rows), rows.length, one.dim, {...cubicBasis}, 20)
  assert.deepEqual(grown.at(-1), atOnce.interpolate(Float64Array.from(one.fX)))
})

test('an interpolant copes with features that never vary, repeat each other, or points that do', () => {
  const rng = seededRandom(1, 'degenerate')
  const rows = Array.from({length: 30}, (_, i) => {
    const [a, b] = i % 3 === 0 ? [0.2, 0.7] : [rng.uniform(), rng.uniform()]
    return [a, b, 1 - a, 0.5]
  })
  const x = flat(rows)
  const values = Float64Array.from(rows, ([a, b]) => Math.sin(3 * a) + b)
  const found = interpolationSystem(x, 30, 4, cubicBasis, 10).interpolate(values)
  const {values: predicted} = predictNear(
    plainCube(4),
    Float64Array.from(rows[0]),
    rows.map((row) => Float64Array.from(row)),
    found,
    cubicBasis,
    x,
  )
  predicted.forEach((value, i) => {
    assert.ok(Math.abs(value - values[i]) < 1e-3, `${value} is not ${values[i]}`)
  })
})

test('candidates are chosen as by pySOT', () => {
  for (const one of reference.weighted_distance_merit) {
    const tried = [...one.X, ...(one.Xpend ?? [])]
    const candidates: readonly Coordinates[] = one.cand.map((row) => Float64Array.from(row))
    const values = Float64Array.from(one.cand_pred.flat())
    const chosen: number[] = []
    assert.equal(one.dtol, 1e-3)
    for (const weight of one.weights) {
      const distances = Float64Array.from(one.cand, (candidate) =>
        Math.min(...tried.map((row) => Math.hypot(...row.map((value, i) => value - candidate[i])))),
      )
      const best = candidates.indexOf(bestByMerit({candidates, values, distances}, weight))
      chosen.push(best)
      tried.push(one.cand[best])
    }
    assert.deepEqual(chosen, one.selected_idx)
  }
})

test('the radius follows that of pySOT', () => {
  for (const {dim, failtol, trace} of reference.srbf_adjust_step) {
    const tolerance = failuresToNarrow(dim)
    assert.equal(tolerance, failtol)
    let state = newSearch
    for (const [value, radius, status, failures, converged] of trace) {
      state = afterLoss(state, value, tolerance)
      assert.deepEqual(
        [state.radius, state.status, state.failures, hasConverged(state, tolerance)],
        [radius, status, failures, converged],
      )
    }
  }
})

test('DYCORS perturbs coordinates as often as in pySOT', () => {
  for (const {dim, max_evals, num_exp, evals_done_and_prob} of reference.dycors_prob_perturb) {
    assert.equal(designSizeOf(dim), num_exp)
    for (const [done, probability] of evals_done_and_prob) {
      assertClose(
        perturbationProbability(dim, done - num_exp, max_evals - num_exp),
        probability,
        1e-9,
      )
    }
  }
})

test('perturbed coordinates are as many as in pySOT, and the last one is no exception', () => {
  for (const one of reference.dycors_candidates) {
    const center = new Float64Array(one.dim).fill(0.5)
    const candidates = perturb(
      plainCube(one.dim),
      center,
      {radius: one.sampling_radius, probability: one.prob},
      20_000,
      seededRandom(4, 'shares'),
    )
    // A coordinate moves with the probability, or is the one that is forced where none would.
    const expected = one.prob + (1 - one.prob) ** one.dim / one.dim
    for (let i = 0; i < one.dim; i++) {
      const share = candidates.filter((candidate) => candidate[i] !== 0.5).length / 20_000
      assert.ok(Math.abs(share - expected) < 0.015, `${share} is not ${expected}`)
    }
    const shares = one.expected_share_perturbed_per_coord.slice(0, -1)
    for (const share of shares) assert.ok(Math.abs(share - expected) < 0.02)
  }
})

test('a design has the properties of those of pySOT, and is as widely spread', () => {
  for (const {
    dim,
    n,
    min_dist_mean_100_iterations: mean,
    min_dist_sd: deviation,
  } of reference.slhd) {
    const distances = Array.from({length: 10}, (_, seed) => {
      const design = symmetricLatinHypercube(n, dim, seededRandom(seed, 'design'))
      for (let j = 0; j < dim; j++) {
        const ranks = design.map((row) => Math.round(row[j] * (n - 1))).sort((a, b) => a - b)
        assert.deepEqual(
          ranks,
          Array.from({length: n}, (_, i) => i),
        )
      }
      design.forEach((row, i) => {
        row.forEach((value, j) => {
          assertClose(value + design[n - 1 - i][j], 1, 1e-12)
        })
      })
      let smallest = Infinity
      design.forEach((a, i) => {
        for (const b of design.slice(i + 1)) {
          smallest = Math.min(smallest, Math.hypot(...a.map((value, j) => value - b[j])))
        }
      })
      return smallest
    })
    const ours = distances.reduce((sum, one) => sum + one, 0) / distances.length
    assert.ok(
      Math.abs(ours - mean) <= 2 * deviation + 1e-9,
      `${ours} is not ${mean} ± ${deviation}`,
    )
  }
})

test('predictions are rescaled, and integers rounded, as in pySOT', () => {
  for (const {x, out} of reference.unit_rescale) {
    assertAllClose(x.map(unitScale(Float64Array.from(x))), out, 1e-9)
  }
  for (const {x, int_var, lb, ub, out} of reference.round_vars) {
    const rounded = x.map((row) =>
      row.map((value, j) =>
        int_var.includes(j) ? Math.min(ub[j], Math.max(lb[j], roundHalfEven(value))) : value,
      ),
    )
    assert.deepEqual(
      rounded.flat().map((one) => one + 0),
      out.flat().map((one) => one + 0),
    )
  }
})

type Numbers = readonly number[]

type InterpolantCase = {
  readonly dim: number
  readonly kernel: 'cubic' | 'tps' | 'linear'
  readonly tail: 'constant' | 'linear'
  readonly eta: number
  readonly lb: Numbers
  readonly ub: Numbers
  readonly X: readonly Numbers[]
  readonly fX: Numbers
  readonly coef_tail_then_rbf: Numbers
  readonly query: readonly Numbers[]
  readonly predict: Numbers
  readonly deriv_first5: readonly Numbers[]
}

/** What pySOT 0.3.3's own functions answered. */
const reference: {
  readonly rbf: readonly InterpolantCase[]
  readonly weighted_distance_merit: readonly {
    readonly X: readonly Numbers[]
    readonly Xpend: readonly Numbers[] | null
    readonly cand: readonly Numbers[]
    readonly cand_pred: readonly (number | Numbers)[]
    readonly weights: Numbers
    readonly dtol: number
    readonly selected_idx: Numbers
  }[]
  readonly srbf_adjust_step: readonly {
    readonly dim: number
    readonly failtol: number
    readonly trace: readonly (readonly [number, number, number, number, boolean])[]
  }[]
  readonly dycors_prob_perturb: readonly {
    readonly dim: number
    readonly max_evals: number
    readonly num_exp: number
    readonly evals_done_and_prob: readonly (readonly [number, number])[]
  }[]
  readonly dycors_candidates: readonly {
    readonly dim: number
    readonly prob: number
    readonly sampling_radius: number
    readonly expected_share_perturbed_per_coord: Numbers
  }[]
  readonly slhd: readonly {
    readonly dim: number
    readonly n: number
    readonly min_dist_mean_100_iterations: number
    readonly min_dist_sd: number
  }[]
  readonly unit_rescale: readonly {readonly x: Numbers; readonly out: Numbers}[]
  readonly round_vars: readonly {
    readonly x: readonly Numbers[]
    readonly int_var: Numbers
    readonly lb: Numbers
    readonly ub: Numbers
    readonly out: readonly Numbers[]
  }[]
} = JSON.parse(readFileSync(join(projectRoot(), 'test/fixtures/pysot.json'), 'utf8'))
