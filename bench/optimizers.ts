/**
 * How good the optimizers are: every function and task of the reference file, twenty seeds each, beside what hyperopt, pySOT
 * and the others reached there. Prints Markdown, or JSON, and draws regrets; takes an hour or so of two cores.
 *
 *   node dist/bench/optimizers.js [--optimizers auto,tpe] [--problems branin2,levy10] [--seeds 20] [--plot FILE.svg]
 *                                 [--results FILE.json] [--json]
 *
 * `--results` keeps every curve, and a later run with the same file adds to it what is missing.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {type OptimizerName, optimizerNames} from '../src/daemon/optimizers/optimizer.ts'
import {quantile} from './optimizers/measure.ts'
import {problems} from './optimizers/problems.ts'
import {regretPlot} from './optimizers/regret-plot.ts'
import {runAll, type Task, type TaskResult} from './optimizers/runner.ts'
import {bestReference, compare, isAsLow, scoreOf, valuesAt} from './optimizers/verdict.ts'

/** The reference file's own lengths: a task ends where its score is taken. */
const trialsOf = (problem: string): number => (problem.startsWith('t:') ? 128 : 200)

const budgets = [25, 50, 100, 200]

const benchOptimizers = async (): Promise<void> => {
  const {values} = parseArgs({
    options: {
      optimizers: {type: 'string', default: optimizerNames.join(',')},
      problems: {
        type: 'string',
        default: problems()
          .map(({name}) => name)
          .join(','),
      },
      seeds: {type: 'string', default: '20'},
      plot: {type: 'string'},
      results: {type: 'string'},
      json: {type: 'boolean', default: false},
    },
  })
  const optimizers = chosen('optimizers', values.optimizers, optimizerNames)
  const names = chosen(
    'problems',
    values.problems,
    problems().map(({name}) => name),
  )
  const known = readResults(values.results)
  const tasks = optimizers
    .flatMap((optimizer) =>
      names.flatMap((problem) =>
        Array.from({length: Number(values.seeds)}, (_, seed): Task => {
          return {optimizer, problem, seed, trials: trialsOf(problem)}
        }),
      ),
    )
    .filter((task) => !known.some((one) => isSameTask(one, task)))
  const found: TaskResult[] = [...known]
  await runAll(tasks, (result, done) => {
    found.push(result)
    if (done % 20 !== 0 && done !== tasks.length) return
    process.stderr.write(`${done} of ${tasks.length} studies\n`)
    if (values.results) writeFileSync(values.results, JSON.stringify(found))
  })
  const results = found.filter(
    ({optimizer, problem}) => optimizers.includes(optimizer) && names.includes(problem),
  )
  if (values.plot) writeFileSync(values.plot, regretPlot(results))
  process.stdout.write(
    values.json
      ? `${JSON.stringify(summaryOf(results, optimizers, names))}\n`
      : textOf(results, optimizers, names),
  )
}

const chosen = <T extends string>(what: string, text: string, all: readonly T[]): readonly T[] => {
  const names = text.split(',')
  const unknown = names.find((name) => !all.some((one) => one === name))
  if (unknown !== undefined) {
    throw new Error(`--${what}: expected some of ${all.join(', ')}, got ${unknown}.`)
  }
  return all.filter((one) => names.includes(one))
}

const readResults = (file: string | undefined): readonly TaskResult[] =>
  file !== undefined && existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as TaskResult[]) // written by an earlier run
    : []

const isSameTask = (a: TaskResult, b: Task): boolean =>
  a.optimizer === b.optimizer && a.problem === b.problem && a.seed === b.seed

const mediansOf = (
  results: readonly TaskResult[],
  optimizer: OptimizerName,
  problem: string,
): readonly (number | undefined)[] =>
  budgets.map((budget) => {
    const values = valuesAt(results, optimizer, problem, budget)
    return values.length > 0 ? quantile(values, 0.5) : undefined
  })

const summaryOf = (
  results: readonly TaskResult[],
  optimizers: readonly OptimizerName[],
  names: readonly string[],
) => ({
  budgets,
  medians: optimizers.flatMap((optimizer) =>
    names.map((problem) => ({
      optimizer,
      problem,
      medians: mediansOf(results, optimizer, problem),
    })),
  ),
  scores: Object.fromEntries(optimizers.map((name) => [name, scoreOf(results, name)])),
  comparisons: compare(results),
})

const textOf = (
  results: readonly TaskResult[],
  optimizers: readonly OptimizerName[],
  names: readonly string[],
): string => {
  const shown = problems().filter(({name}) => names.includes(name))
  const medians = shown.map((problem) => {
    const best = bestReference(problem, 100)
    return row([
      problem.name,
      ...optimizers.map((name) => mediansOf(results, name, problem.name).map(digits).join(' / ')),
      `${digits(best.median)} (${best.name})`,
    ])
  })
  const scores = optimizers.map((name) => row([name, digits(scoreOf(results, name))]))
  const comparisons = compare(results)
  const worse = comparisons.filter((one) => !one.isGoodEnough)
  const reached = shown.filter((problem) => {
    const median = mediansOf(results, 'auto', problem.name)[2]
    return median !== undefined && isAsLow(median, bestReference(problem, 100).median)
  })
  return `${[
    '## Median loss after 25 / 50 / 100 / 200 trials',
    '',
    row(['problem', ...optimizers, 'best reference at 100']),
    row(new Array(optimizers.length + 2).fill('---')),
    ...medians,
    '',
    '## Bayesmark-like score of the five tasks at 128 trials',
    '',
    row(['optimizer', 'score']),
    row(['---', '---']),
    ...scores,
    '',
    `auto is as low as the best reference at 100 trials on ${reached.length} of ${shown.length} problems.`,
    `${comparisons.length - worse.length} of ${comparisons.length} comparisons with the method that an optimizer follows are good enough: a median within the reference's upper quartile and, where it has values seed by seed, no worse ranks at p < 0.01.`,
    ...worse.map(
      ({optimizer, problem, budget, median, theirMedian, theirUpperQuartile, p}) =>
        `- ${optimizer} on ${problem} after ${budget}: ${digits(median)} against ${digits(theirMedian)} (upper quartile ${digits(theirUpperQuartile)})${p === undefined ? '' : `, p = ${digits(p)}`}`,
    ),
  ].join('\n')}\n`
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const digits = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : String(Number(value.toPrecision(4)))

await benchOptimizers()
