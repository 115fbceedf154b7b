/**
 * How long the daemon's event loop stands still while each of some optimizers thinks about 5,000 trials of 20 parameters:
 * in the daemon's own thread, and in the suggester's, taken in turns in one run.
 */
import {monitorEventLoopDelay} from 'node:perf_hooks'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {seededRandom} from '../src/daemon/base/random.ts'
import type {OptimizerName} from '../src/daemon/optimizers/optimizer.ts'
import {type Outcome, type Question, suggestPoint} from '../src/daemon/optimizers/suggest.ts'
import {parseSpace} from '../src/daemon/space/parse.ts'
import {samplePoint} from '../src/daemon/space/sample.ts'
import type {Space} from '../src/daemon/space/space.ts'
import {openSuggester} from '../src/daemon/suggester/suggester.ts'

type Row = {
  readonly what: string
  /** The median over the turns. */
  readonly thinkingMs: number
  /** How long the loop stood still at most in a turn: the median over the turns, for other programs disturb single ones. */
  readonly largestDelayMs: number
  readonly worstDelayMs: number
}

type EventLoopBench = {
  readonly trials: number
  readonly parameters: number
  readonly turns: number
  readonly optimizers: readonly {readonly optimizer: OptimizerName; readonly rows: readonly Row[]}[]
}

const trials = 5_000
const parameters = 20
const turns = 9
/** The quickest to think about so many trials, the default, and one that runs long without a pause. */
const optimizers = ['tpe', 'auto', 'turbo-1'] as const

/** Runs the benchmark, a minute or so, and prints tables, or one JSON document. */
const benchEventLoop = async ({json = false} = {}): Promise<EventLoopBench> => {
  const found: {optimizer: OptimizerName; rows: readonly Row[]}[] = []
  for (const optimizer of optimizers) found.push({optimizer, rows: await rowsOf(optimizer)})
  const bench = {trials, parameters, turns, optimizers: found}
  process.stdout.write(json ? `${JSON.stringify(bench)}\n` : textOf(bench))
  return bench
}

const rowsOf = async (optimizer: OptimizerName): Promise<readonly Row[]> => {
  const space = wideSpace()
  const history = pastOf(space, trials + turns)
  const question = (trial: number): Question => ({
    space,
    history: history.slice(0, trial),
    pending: [],
    seed: 1,
    trial,
  })
  const never = new AbortController().signal
  const warm = openSuggester()
  const ask = (suggester: typeof warm, trial: number) =>
    suggester.suggest({study: 'bench', optimizer, question: question(trial)}, never)
  await ask(warm, trials)

  const contenders: readonly {
    readonly what: string
    readonly think: (turn: number) => unknown
  }[] = [
    {what: 'nothing', think: () => sleep(100)},
    {
      what: "in the daemon's thread",
      think: (turn) => suggestPoint(optimizer, question(trials + turn)),
    },
    {what: 'beside it, one new trial', think: (turn) => ask(warm, trials + turn)},
    {
      what: 'beside it, all trials new',
      think: async (turn) => {
        const cold = openSuggester()
        await ask(cold, trials + turn)
        await cold.close()
      },
    },
  ]
  const measured = contenders.map((): Measurement[] => [])
  for (let turn = 1; turn <= turns; turn++) {
    for (const [index, {think}] of contenders.entries()) {
      measured[index].push(await measure(() => think(turn)))
    }
  }
  await warm.close()
  return contenders.map(({what}, index) => ({
    what,
    thinkingMs: rounded(median(measured[index].map((one) => one.thinkingMs))),
    largestDelayMs: rounded(median(measured[index].map((one) => one.largestDelayMs))),
    worstDelayMs: rounded(Math.max(...measured[index].map((one) => one.largestDelayMs))),
  }))
}

type Measurement = {readonly thinkingMs: number; readonly largestDelayMs: number}

const measure = async (think: () => unknown): Promise<Measurement> => {
  const delays = monitorEventLoopDelay({resolution: 1})
  delays.enable()
  // The monitor is a timer: it has to have begun before anything can hold it up, and to be heard afterwards.
  await sleep(20)
  const startMs = performance.now()
  await think()
  const thinkingMs = performance.now() - startMs
  await sleep(20)
  delays.disable()
  return {thinkingMs, largestDelayMs: delays.max / 1e6}
}

const wideSpace = (): Space => {
  const source = Object.fromEntries(
    Array.from({length: parameters}, (_, i) => [
      `x${i}`,
      i % 2 ? {uniform: [0, 1]} : {loguniform: [1e-4, 1]},
    ]),
  )
  const space = parseSpace(source)
  if (!space.ok) throw new Error(space.problems.join(' '))
  return space.value
}

const pastOf = (space: Space, count: number): readonly Outcome[] => {
  const rng = seededRandom(1, 'past')
  return Array.from({length: count}, (_, trial) => ({
    trial,
    point: samplePoint(space, rng),
    losses: [rng.uniform()],
  }))
}

const textOf = (bench: EventLoopBench): string =>
  [
    ...bench.optimizers.flatMap(({optimizer, rows}) => [
      row(`${optimizer}, ${trials} trials of ${parameters} parameters`, [
        'thinking',
        'loop stood still',
        'at worst',
      ]),
      ...rows.map(({what, thinkingMs, largestDelayMs, worstDelayMs}) =>
        row(
          what,
          [thinkingMs, largestDelayMs, worstDelayMs].map((ms) => `${ms} ms`),
        ),
      ),
    ]),
    `medians of ${turns} turns, and the worst of them`,
    '',
  ].join('\n')

const row = (what: string, cells: readonly string[]): string =>
  what.padEnd(40).concat(...cells.map((cell) => cell.padStart(18)))

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const rounded = (ms: number): number => Math.round(ms * 10) / 10

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchEventLoop({json: process.argv.includes('--json')})
}
