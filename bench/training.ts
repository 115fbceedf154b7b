/**
 * How fast a LeNet-5 of 28 × 28 × 3 pictures learns, on one thread: samples per second of CPU and of wall time, memory and
 * start-up of each backend that works here and, where `$PYTHON` or `python3` has it, of PyTorch. Each is a process of its
 * own; they take turns in one run. TensorFlow is found where `simmer backend install` puts it below SIMMER_HOME.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {bindingFile} from '../src/daemon/backends/places.ts'

type Row = {
  readonly trainer: string
  readonly batch: number
  readonly samplesPerCpuSecond: number
  readonly samplesPerSecond: number
}

type TrainingBench = {
  readonly rows: readonly Row[]
  /** Speed per CPU-second as a multiple of PyTorch's, at the same batch size. */
  readonly ratios: readonly {
    readonly trainer: string
    readonly batch: number
    readonly ratio: number
  }[]
  readonly processes: readonly {
    readonly trainer: string
    /** From the start of the process to the end of its first step, data included. */
    readonly startupMs: number
    readonly peakMemoryMb: number
  }[]
}

type Answer = {
  readonly seconds: number
  readonly wallSeconds: number
  readonly peakMemoryMb: number
}

type Contender = {
  readonly trainer: string
  readonly startupMs: number
  readonly turns: number
  readonly samples: (batch: number) => number
  readonly train: (batch: number, samples: number) => Promise<Answer>
  readonly stop: () => void
}

const batches = [32, 100, 256]

/** Runs the benchmark, a minute or so, and prints tables, or one JSON document. */
const benchTraining = async ({json = false} = {}): Promise<TrainingBench> => {
  const contenders = await startContenders()
  const peaks = new Map<string, number>()
  const rows: Row[] = []
  for (const batch of batches) rows.push(...(await speedsOf(contenders, batch, peaks)))
  for (const {stop} of contenders) stop()
  const bench = {
    rows,
    ratios: ratiosOf(rows),
    processes: contenders.map(({trainer, startupMs}) => ({
      trainer,
      startupMs: Math.round(startupMs),
      peakMemoryMb: Math.round(peaks.get(trainer) ?? 0),
    })),
  }
  process.stdout.write(json ? `${JSON.stringify(bench)}\n` : textOf(bench))
  return bench
}

const startContenders = async (): Promise<readonly Contender[]> => {
  const many = (batch: number) => Math.ceil(4000 / batch) * batch
  const worker = fileURLToPath(new URL('./training/worker.js', import.meta.url))
  const node = (...args: readonly string[]) =>
    start(spawn(process.execPath, [worker, ...args], ownPipes), {turns: 7, samples: many})
  const binding = bindingFile(process.env.SIMMER_HOME ?? '.simmer')
  const script = fileURLToPath(new URL('../../bench/training/pytorch.py', import.meta.url))
  const found = [
    existsSync(binding) ? await node('tensorflow', binding) : undefined,
    await node('wasm'),
    await start(spawn(process.env.PYTHON ?? 'python3', [script], ownPipes), {
      turns: 7,
      samples: many,
    }),
    // Plain JavaScript takes seconds for a hundred samples, whatever the batch.
    await start(spawn(process.execPath, [worker, 'cpu'], ownPipes), {turns: 2, samples: () => 32}),
  ]
  return found.filter((one) => one !== undefined)
}

const ownPipes = {
  stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'],
  env: {...process.env, TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1'},
}

/** The process once it has said hello, or nothing where it ended before. */
const start = async (
  child: ChildProcess & {
    readonly stdin: NodeJS.WritableStream
    readonly stdout: NodeJS.ReadableStream
  },
  work: Pick<Contender, 'turns' | 'samples'>,
): Promise<Contender | undefined> => {
  const startedMs = performance.now()
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const answer = async () => {
    const {value} = await lines.next()
    return value === undefined ? undefined : JSON.parse(value)
  }
  const hello = await answer()
  if (hello === undefined) return undefined
  return {
    ...work,
    trainer: hello.name,
    startupMs: performance.now() - startedMs,
    train: async (batch, samples) => {
      child.stdin.write(`${batch} ${samples}\n`)
      return answer()
    },
    stop: () => child.stdin.end(),
  }
}

/** Median speeds. They take turns, so that a busy machine is unfair to all alike; the first turn only warms up. */
const speedsOf = async (
  contenders: readonly Contender[],
  batch: number,
  peaks: Map<string, number>,
): Promise<readonly Row[]> => {
  const measured = contenders.map((): {cpu: number; wall: number}[] => [])
  const turns = Math.max(...contenders.map((one) => one.turns))
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, contender] of contenders.entries()) {
      if (turn >= contender.turns) continue
      const samples = contender.samples(batch)
      const {seconds, wallSeconds, peakMemoryMb} = await contender.train(batch, samples)
      peaks.set(contender.trainer, peakMemoryMb)
      if (turn > 0) measured[index].push({cpu: samples / seconds, wall: samples / wallSeconds})
    }
  }
  return contenders.map(({trainer}, index) => ({
    trainer,
    batch,
    samplesPerCpuSecond: rounded(median(measured[index].map(({cpu}) => cpu))),
    samplesPerSecond: rounded(median(measured[index].map(({wall}) => wall))),
  }))
}

const ratiosOf = (rows: readonly Row[]): TrainingBench['ratios'] =>
  rows.flatMap(({trainer, batch, samplesPerCpuSecond}) => {
    const pytorch = rows.find((row) => row.trainer.startsWith('PyTorch') && row.batch === batch)
    if (!pytorch || pytorch.trainer === trainer) return []
    const ratio = samplesPerCpuSecond / pytorch.samplesPerCpuSecond
    return [{trainer, batch, ratio: Math.round(100 * ratio) / 100}]
  })

const textOf = ({rows, ratios, processes}: TrainingBench): string => {
  const table = (title: string, cell: (trainer: string, batch: number) => number | undefined) => [
    line(
      title,
      batches.map((batch) => `batch ${batch}`),
    ),
    ...processes.map(({trainer}) =>
      line(
        trainer,
        batches.map((batch) => String(cell(trainer, batch) ?? '')),
      ),
    ),
    '',
  ]
  const rowOf = (trainer: string, batch: number) =>
    rows.find((row) => row.trainer === trainer && row.batch === batch)
  return [
    ...table('samples per CPU-second', (...key) => rowOf(...key)?.samplesPerCpuSecond),
    ...table('samples per second', (...key) => rowOf(...key)?.samplesPerSecond),
    ...table(
      'as a multiple of PyTorch',
      (trainer, batch) =>
        ratios.find((one) => one.trainer === trainer && one.batch === batch)?.ratio,
    ),
    line('', ['start-up', 'memory']),
    ...processes.map(({trainer, startupMs, peakMemoryMb}) =>
      line(trainer, [`${startupMs} ms`, `${peakMemoryMb} MB`]),
    ),
    '',
  ].join('\n')
}

const line = (first: string, cells: readonly string[]): string =>
  first.padEnd(26).concat(...cells.map((cell) => cell.padStart(12)))

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const rounded = (value: number): number => Math.round(10 * value) / 10

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchTraining({json: process.argv.includes('--json')})
}
