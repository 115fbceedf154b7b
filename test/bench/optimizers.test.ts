import assert from 'node:assert/strict'
import {test} from 'node:test'
import {reference, referenceSeeds} from '../../bench/optimizers/data.ts'
import {probabilityOfLarger} from '../../bench/optimizers/mann-whitney.ts'
import {bestSoFar, quantile, regretOf} from '../../bench/optimizers/measure.ts'
import {evaluatorOf, problemNamed, problems} from '../../bench/optimizers/problems.ts'
import {regretPlot} from '../../bench/optimizers/regret-plot.ts'
import {scoreOf} from '../../bench/optimizers/verdict.ts'
import {seededRandom} from '../../src/daemon/base/random.ts'
import {paramsOf, samplePoint} from '../../src/daemon/space/sample.ts'

test('every function and task has the values of the reference points', () => {
  const all = Object.entries(reference().functions)
  assert.equal(all.length, 13)
  for (const [name, {reference_points}] of all) {
    const evaluate = evaluatorOf(name)
    assert.ok(reference_points.length > 0)
    for (const {config, value} of reference_points) {
      assert.ok(
        Math.abs(evaluate(config) - value) <= 1e-9,
        `${name}: ${evaluate(config)} is not ${value}`,
      )
    }
  }
})

test('a random draw is as good as the reference says, so the spaces are the same', () => {
  for (const problem of problems()) {
    const losses = Array.from({length: 2000}, (_, i) =>
      problem.lossOf(paramsOf(problem.space, samplePoint(problem.space, seededRandom(i, 'draw')))),
    )
    const shareOf = (holds: (loss: number) => boolean) =>
      losses.filter(holds).length / losses.length
    // The reference's own median comes from a few thousand draws as well; on a plateau many losses equal it.
    assert.ok(shareOf((loss) => loss < problem.randomLoss) < 0.56, problem.name)
    assert.ok(shareOf((loss) => loss <= problem.randomLoss) > 0.44, problem.name)
    assert.ok(losses.every((loss) => loss >= problem.optimum - 1e-9))
  }
})

test('the values of the seeds have the medians of the reference file', () => {
  for (const [problem, methods] of Object.entries(referenceSeeds())) {
    for (const [method, budgets] of Object.entries(methods)) {
      for (const [budget, values] of Object.entries(budgets)) {
        const {median} = reference().results[problem][method].at[budget]
        const ours = quantile(values, 0.5)
        assert.ok(Math.abs(ours - median) <= 1e-6 * Math.max(1, Math.abs(median)))
      }
    }
  }
})

test('the rank test is that of scipy', () => {
  // scipy 1.17.1: mannwhitneyu(a, b, alternative='greater', method='asymptotic').pvalue
  const a = [1.1, 2.2, 3.3, 4.4, 5.5, 6.6]
  const b = [0.9, 1.1, 2.0, 3.0, 3.3]
  assert.ok(Math.abs(probabilityOfLarger(a, b) - 0.059500196592451364) < 1e-9)
  assert.ok(Math.abs(probabilityOfLarger(b, a) - 0.9592801338477486) < 1e-9)
  assert.equal(probabilityOfLarger([1, 1], [1, 1]), 0.5)
})

test('a study is measured, scored and drawn', () => {
  const problem = problemNamed('t:SVM_diabetes_mse')
  const curve = bestSoFar('random', problem, 1, 128)
  assert.ok(curve.every((loss, i) => i === 0 || loss <= curve[i - 1]))
  assert.ok(regretOf(problem, curve[127]) < regretOf(problem, curve[0]))
  const results = problems()
    .filter(({name}) => name.startsWith('t:'))
    .map(({name, optimum, randomLoss}) => ({
      optimizer: 'random' as const,
      problem: name,
      seed: 0,
      curve: new Array<number>(128).fill(optimum + 0.25 * (randomLoss - optimum)),
    }))
  assert.ok(Math.abs((scoreOf(results, 'random') ?? 0) - 75) < 1e-9)
  const plot = regretPlot(results)
  assert.match(plot, /^<svg [^>]*viewBox/)
  assert.equal(plot.match(/<g /g)?.length, 5)
})
