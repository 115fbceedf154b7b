/** Against functions whose main effects are known from their formulas (Sobol's first-order indices). */
import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {seededRandom} from '../../../src/daemon/base/random.ts'
import {type Requirement, varianceShares} from '../../../src/daemon/importance/functional-anova.ts'
import type {Column} from '../../../src/daemon/optimizers/forest/columns.ts'
import {fitForest} from '../../../src/daemon/optimizers/forest/forest.ts'

const ordered: Column = {kind: 'ordered'}
const among = (...shares: readonly number[]): Column => ({kind: 'unordered', shares})

/** The shares of a forest that learned `f` at `n` points drawn from the columns. */
const sharesOf = (
  columns: readonly Column[],
  f: (row: Float64Array) => number,
  {n = 1000, requirements = columns.map((): readonly Requirement[] => [])} = {},
) => {
  const d = columns.length
  const rng = seededRandom(4, 'rows')
  const x = new Float64Array(n * d)
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * d, (i + 1) * d)
    columns.forEach((column, j) => {
      row[j] = column.kind === 'ordered' ? rng.uniform() : optionFor(column.shares, rng.uniform())
    })
    requirements.forEach((required, j) => {
      if (!required.every(({column, option}) => row[column] === option)) row[j] = Number.NaN
    })
    y[i] = f(row)
  }
  const options = {trees: 16, leafRows: 3, rowsPerTree: Math.ceil(0.7 * n), columnsTried: 100}
  const forest = fitForest({columns, x, y}, options, seededRandom(5, 'forest'))
  return varianceShares(forest, requirements) ?? assert.fail('the forest found no variance')
}

const optionFor = (shares: readonly number[], u: number): number => {
  let sum = 0
  const found = shares.findIndex((share) => {
    sum += share
    return u < sum
  })
  return found < 0 ? shares.length - 1 : found
}

const assertShares = (
  actual: ReturnType<typeof sharesOf>,
  main: readonly number[],
  tolerance: number,
) => {
  const said = JSON.stringify(actual)
  main.forEach((share, j) => {
    assert.ok(Math.abs(actual.main[j] - share) < tolerance, `${j}: expected ${share}, got ${said}`)
  })
  const rest = 1 - main.reduce((sum, share) => sum + share, 0)
  assert.ok(Math.abs(actual.rest - rest) < 2 * tolerance, `rest: expected ${rest}, got ${said}`)
}

test('a sum: 3x + y is nine tenths x, one tenth y', () => {
  const shares = sharesOf([ordered, ordered, ordered], ([x, y]) => 3 * x + y)
  assertShares(shares, [0.9, 0.1, 0], 0.02)
})

test("Ishigami's function: 0.314, 0.442 and 0, the rest an interaction", () => {
  // T. Ishigami and T. Homma (1990) with a = 7, b = 0.1. A forest rounds off the waves of the second one a little.
  const shares = sharesOf(
    [ordered, ordered, ordered],
    (row) => {
      const [a, b, c] = row.map((u) => Math.PI * (2 * u - 1))
      return Math.sin(a) + 7 * Math.sin(b) ** 2 + 0.1 * c ** 4 * Math.sin(a)
    },
    {n: 4000},
  )
  assertShares(shares, [0.314, 0.442, 0], 0.05)
})

test("Sobol's g-function: by the formula of its coefficients", () => {
  const a = [0, 1, 4.5, 99]
  const shares = sharesOf([ordered, ordered, ordered, ordered], (row) =>
    a.reduce((product, coefficient, j) => {
      return (product * (Math.abs(4 * row[j] - 2) + coefficient)) / (1 + coefficient)
    }, 1),
  )
  const effects = a.map((coefficient) => 1 / (3 * (1 + coefficient) ** 2))
  const total = effects.reduce((product, effect) => product * (1 + effect), 1) - 1
  assertShares(
    shares,
    effects.map((effect) => effect / total),
    0.06,
  )
})

test('a product has a rest: a third of (x − 0.2)(y − 0.2) is interaction', () => {
  const shares = sharesOf([ordered, ordered], ([x, y]) => (x - 0.2) * (y - 0.2))
  assertShares(shares, [0.3418, 0.3418], 0.02)
})

test('options count by their probabilities', () => {
  // Variances: 0.9 × 0.1 of the choice, 1/12 of the number.
  const shares = sharesOf([among(0.9, 0.1), ordered], ([c, x]) => c + x)
  assertShares(shares, [0.5192, 0.4808], 0.03)
})

test('a parameter that hangs on a choice counts where it exists', () => {
  // x exists in a third of the space: 1/3 × 1/12 of variance. The choice itself: 1/3 × 2/3 × 0.25.
  const columns = [among(1 / 3, 1 / 3, 1 / 3), ordered, ordered]
  const requirements = [[], [{column: 0, option: 1, options: 3}], []]
  const shares = sharesOf(columns, ([c, x]) => (c === 1 ? x : 0), {requirements})
  assertShares(shares, [2 / 3, 1 / 3, 0], 0.02)
})

test('what a parameter never changes is not its doing, and no share is negative or sums past 1', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({min: -1, max: 1, noNaN: true}), {minLength: 3, maxLength: 3}),
      (weights) => {
        fc.pre(weights.some((weight) => Math.abs(weight) > 0.01))
        const columns = [ordered, among(0.25, 0.25, 0.25, 0.25), ordered, ordered]
        const {main, rest} = sharesOf(
          columns,
          ([a, b, c]) => weights[0] * a + weights[1] * ((b * 7) % 4) + weights[2] * a * c,
          {n: 200},
        )
        assert.ok(main[3] < 0.03, String(main))
        assert.ok(main.every((share) => share >= 0))
        assert.ok(Math.abs(main.reduce((sum, share) => sum + share, rest) - 1) < 1e-9)
      },
    ),
    {numRuns: 30},
  )
})

test('a forest that found no difference has no shares', () => {
  const data = {
    columns: [ordered],
    x: new Float64Array(20).map((_, i) => i / 20),
    y: new Float64Array(20),
  }
  const options = {trees: 4, leafRows: 1, rowsPerTree: 20, columnsTried: 1}
  assert.equal(varianceShares(fitForest(data, options, seededRandom(1)), [[]]), undefined)
})
