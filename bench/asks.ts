/**
 * How long an optimizer thinks: CPU milliseconds of one suggestion, after so many trials of so many parameters: the median
 * over turns of the mean of a turn. Where `$PYTHON` or `python3` has hyperopt, its tpe takes turns with ours on histories
 * of the same size.
 */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {seededRandom} from '../src/daemon/base/random.ts'
import type {OptimizerName} from '../src/daemon/optimizers/optimizer.ts'
import {type Outcome, suggestPoint} from '../src/daemon/optimizers/suggest.ts'
import {parseSpace} from '../src/daemon/space/parse.ts'
import {samplePoint} from '../src/daemon/space/sample.ts'
import type {Space} from '../src/daemon/space/space.ts'
import {quantile} from './optimizers/measure.ts'

type Case = {
  readonly optimizer: OptimizerName
  readonly dimensions: number
  readonly trials: number
}

const sizes = [
  [3, 100],
  [3, 200],
  [3, 1000],
  [20, 100],
  [20, 200],
  [20, 1000],
] as const

const cases: readonly Case[] = [
  ...(['auto', 'tpe', 'srbf', 'dycors', 'turbo-1', 'turbo-m', 'tusot'] as const).flatMap(
    (optimizer) => sizes.map(([dimensions, trials]): Case => ({optimizer, dimensions, trials})),
  ),
  {optimizer: 'tpe', dimensions: 3, trials: 5000},
  {optimizer: 'tpe', dimensions: 20, trials: 5000},
]

/** Turns that warm up the compiler, and turns that count. */
const warmUps = 3
const turns = 9
/** Suggestions of a turn: reading the clock takes a tenth of a millisecond, and `auto` has two searches in turns. */
const asksPerTurn = 5

type Row = Case & {readonly cpuMs: number; readonly hyperoptCpuMs?: number}

const spaceOf = (dimensions: number): Space => {
  const source = Array.from({length: dimensions}, (_, i) => [`x${i}`, {uniform: [-1, 2]}])
  const parsed = parseSpace(Object.fromEntries(source))
  if (!parsed.ok) throw new Error(parsed.problems.join(' '))
  return parsed.value
}

/** A search that gets better and better, as real ones do: each trial half-way between chance and the best place. */
const historyOf = (space: Space, trials: number): readonly Outcome[] =>
  Array.from({length: trials}, (_, trial) => {
    const drawn = samplePoint(space, seededRandom(1, 'history', trial))
    const share = 1 / (1 + trial / 20)
    const point = Object.fromEntries(
      Object.entries(drawn).map(([label, value]) => [label, 0.3 + share * (value - 0.3)]),
    )
    return {
      trial,
      point,
      losses: [Object.values(point).reduce((sum, x) => sum + (x - 0.3) ** 2, 0)],
    }
  })

const measure = async ({optimizer, dimensions, trials}: Case, hyperopt?: Rival): Promise<Row> => {
  const space = spaceOf(dimensions)
  const history = [...historyOf(space, trials)]
  const ours: number[] = []
  const theirs: number[] = []
  for (let turn = 0; turn < warmUps + turns; turn++) {
    const before = process.cpuUsage()
    for (let ask = 0; ask < asksPerTurn; ask++) {
      const trial = history.length
      const question = {space, history, pending: [], seed: 1, trial, budgetTrials: 2 * trials}
      // The history grows as a study's does; a new trial is neither the best nor the worst.
      history.push({trial, point: suggestPoint(optimizer, question), losses: [1]})
    }
    const {user, system} = process.cpuUsage(before)
    if (turn >= warmUps) ours.push((user + system) / 1000 / asksPerTurn)
    if (hyperopt && optimizer === 'tpe' && turn >= warmUps) {
      theirs.push(await hyperopt({dimensions, trials}))
    }
  }
  return {
    optimizer,
    dimensions,
    trials,
    cpuMs: quantile(ours, 0.5),
    ...(theirs.length > 0 && {hyperoptCpuMs: quantile(theirs, 0.5)}),
  }
}

type Rival = (question: {readonly dimensions: number; readonly trials: number}) => Promise<number>

const startHyperopt = async (): Promise<{rival: Rival; stop: () => void} | undefined> => {
  // The compiled program lies in dist/; the script only in the sources.
  const script = fileURLToPath(new URL('./asks-hyperopt.py', import.meta.url)).replace(
    /dist\/bench/,
    'bench',
  )
  const child = spawn(process.env.PYTHON ?? 'python3', [script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1'},
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  if ((await lines.next()).value !== 'ready') return undefined
  return {
    rival: async (question) => {
      child.stdin.write(`${JSON.stringify(question)}\n`)
      return Number((await lines.next()).value)
    },
    stop: () => child.kill(),
  }
}

const {values} = parseArgs({options: {json: {type: 'boolean', default: false}}})
const hyperopt = await startHyperopt()
if (!values.json) {
  process.stdout.write('| optimizer | parameters | trials | CPU ms | hyperopt, CPU ms | ratio |\n')
  process.stdout.write('| --- | --- | --- | --- | --- | --- |\n')
}
for (const one of cases) {
  const row = await measure(one, hyperopt?.rival)
  const {optimizer, dimensions, trials, cpuMs, hyperoptCpuMs} = row
  const rival =
    hyperoptCpuMs === undefined
      ? ['', '']
      : [hyperoptCpuMs.toFixed(1), `${(hyperoptCpuMs / cpuMs).toFixed(1)}x`]
  process.stdout.write(
    values.json
      ? `${JSON.stringify(row)}\n`
      : `| ${[optimizer, dimensions, trials, cpuMs.toFixed(2), ...rival].join(' | ')} |\n`,
  )
}
hyperopt?.stop()
