/**
 * How fast the trainer learns a LeNet-5 of 28 × 28 × 3 pictures: samples per CPU-second in WebAssembly (TensorFlow.js, and
 * our own kernels), in plain JavaScript and, where `$PYTHON` or `python3` has it, in PyTorch on one thread, taken in turns
 * in one run.
 */
import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import {systemClock} from '../src/daemon/base/clock.ts'
import {seededRandom} from '../src/daemon/base/random.ts'
import {defaultLenetSetting} from '../src/daemon/studies/hyperparameters.ts'
import {fullPace} from '../src/daemon/throttle/pace.ts'
import {openBackend} from '../src/daemon/training/backends/open.ts'
import {createEagerModel} from '../src/daemon/training/eager/eager-model.ts'
import {createGather} from '../src/daemon/training/loop/batches.ts'
import {createLearner} from '../src/daemon/training/loop/learner.ts'
import {createMeter} from '../src/daemon/training/loop/meter.ts'
import {createRhythm} from '../src/daemon/training/loop/rhythm.ts'
import {fitScaling} from '../src/daemon/training/loop/scaling.ts'
import {initialParameters} from '../src/daemon/training/network/initial-parameters.ts'
import {lenet} from '../src/daemon/training/network/lenet.ts'
import {createWasmModel} from '../src/daemon/training/wasm-step/wasm-model.ts'

type TrainingBench = {
  readonly rows: readonly {
    readonly trainer: string
    readonly batch: number
    readonly samplesPerCpuSecond: number
  }[]
  /** Speed of WebAssembly as a multiple of the others', at the same batch size. */
  readonly ratios: readonly {
    readonly to: string
    readonly batch: number
    readonly ratio: number
  }[]
  readonly peakMemoryMb: number
}

/** Something that can train: answers with the CPU seconds that so many samples took. */
type Contender = {
  readonly name: string
  readonly turns: number
  readonly samples: (batch: number) => number
  readonly secondsFor: (batch: number, samples: number) => Promise<number>
}

const batches = [32, 100, 256]

/** Runs the benchmark, a minute or so, and prints a table, or one JSON document. */
const benchTraining = async ({json = false} = {}): Promise<TrainingBench> => {
  await openBackend('wasm')
  const pytorch = await startPytorch()
  const many = (batch: number) => Math.ceil(3000 / batch) * batch
  const contenders: readonly Contender[] = [
    {name: 'wasm', turns: 5, samples: many, secondsFor: (...work) => secondsOn('wasm', ...work)},
    {
      name: 'wasm, own kernels',
      turns: 5,
      samples: many,
      secondsFor: (...work) => secondsFor(createWasmModel, ...work),
    },
    ...(pytorch ? [{...pytorch, turns: 5, samples: many}] : []),
    // Plain JavaScript takes seconds for a hundred samples, whatever the batch.
    {name: 'cpu', turns: 2, samples: () => 32, secondsFor: (...work) => secondsOn('cpu', ...work)},
  ]
  const rows = []
  for (const batch of batches) {
    const speeds = await speedsOf(contenders, batch)
    rows.push(...speeds)
  }
  pytorch?.stop()
  const bench = {
    rows,
    ratios: ratiosOf(rows),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
  process.stdout.write(json ? `${JSON.stringify(bench)}\n` : tableOf(bench))
  return bench
}

/** The median speed of each contender. They take turns, so that a busy machine is unfair to all alike. */
const speedsOf = async (contenders: readonly Contender[], batch: number) => {
  const speeds = contenders.map((): number[] => [])
  const turns = Math.max(...contenders.map((one) => one.turns))
  for (let turn = 0; turn < turns; turn++) {
    for (const [index, contender] of contenders.entries()) {
      if (turn >= contender.turns) continue
      const samples = contender.samples(batch)
      speeds[index].push(samples / (await contender.secondsFor(batch, samples)))
    }
  }
  return contenders.map(({name}, index) => ({
    trainer: name,
    batch,
    samplesPerCpuSecond: Math.round(10 * median(speeds[index])) / 10,
  }))
}

/** The CPU seconds that TensorFlow.js takes on one of its backends. */
const secondsOn = async (backend: 'wasm' | 'cpu', batch: number, samples: number) => {
  await tf.setBackend(backend)
  return secondsFor(createEagerModel, batch, samples)
}

/** One epoch of the trainer's own loop, with all that belongs to a step, over random pictures. */
const secondsFor = async (create: typeof createEagerModel, batch: number, samples: number) => {
  const shape = {height: 28, width: 28, channels: 3}
  const random = seededRandom(1, 'pictures')
  const images = {
    pixels: Uint8Array.from({length: samples * 28 * 28 * 3}, () => random.integer(0, 256)),
    labels: Uint8Array.from({length: samples}, () => random.integer(0, 10)),
  }
  const pictures = Uint32Array.from({length: samples}, (_, i) => i)
  const setting = {...defaultLenetSetting, batch, momentum: 0.9}
  const clock = systemClock
  const architecture = lenet(shape, 10, setting)
  const initial = initialParameters(architecture, setting.activation, 1)
  const model = create(architecture, setting, {initial, seed: 1})
  const learnEpoch = createLearner({
    model,
    batch,
    seed: 1,
    pictures,
    gather: createGather(images, shape, fitScaling(images.pixels, shape, pictures)),
    rhythm: createRhythm({
      pace: () => fullPace,
      itemsAtOnce: 128,
      signal: new AbortController().signal,
      clock,
    }),
    meter: createMeter({steps: samples / batch, clock, report: () => {}}),
  })
  const before = process.cpuUsage()
  await learnEpoch(1)
  const {user, system} = process.cpuUsage(before)
  model.dispose()
  return (user + system) / 1e6
}

/** PyTorch in a process of its own, or nothing where Python or PyTorch is missing. */
const startPytorch = async () => {
  const script = import.meta.url.endsWith('.ts')
    ? './training-pytorch.py'
    : '../../bench/training-pytorch.py'
  const python = spawn(
    process.env.PYTHON ?? 'python3',
    [fileURLToPath(new URL(script, import.meta.url))],
    {stdio: ['pipe', 'pipe', 'ignore']},
  )
  python.on('error', () => python.stdin.destroy())
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]()
  const answer = async () => {
    const {value} = await lines.next()
    return value === undefined ? undefined : JSON.parse(value)
  }
  const hello = await answer()
  if (hello === undefined) return undefined
  return {
    name: `PyTorch ${hello.version}`,
    secondsFor: async (batch: number, samples: number): Promise<number> => {
      python.stdin.write(`${batch} ${samples}\n`)
      return (await answer()).seconds
    },
    stop: () => python.stdin.end(),
  }
}

const ratiosOf = (rows: TrainingBench['rows']): TrainingBench['ratios'] =>
  rows
    .filter((row) => row.trainer !== 'wasm')
    .map(({trainer, batch, samplesPerCpuSecond}) => {
      const wasm = rows.find((row) => row.trainer === 'wasm' && row.batch === batch)
      const ratio = (wasm?.samplesPerCpuSecond ?? Number.NaN) / samplesPerCpuSecond
      return {to: trainer, batch, ratio: Math.round(100 * ratio) / 100}
    })

const tableOf = ({rows, ratios, peakMemoryMb}: TrainingBench): string =>
  [
    'samples per CPU-second   '.concat(...batches.map((batch) => `batch ${batch}`.padStart(12))),
    ...[...new Set(rows.map((row) => row.trainer))].map((trainer) =>
      trainer
        .padEnd(25)
        .concat(
          ...rows
            .filter((row) => row.trainer === trainer)
            .map((row) => String(row.samplesPerCpuSecond).padStart(12)),
        ),
    ),
    ...[...new Set(ratios.map((one) => one.to))].map((to) =>
      `wasm : ${to}`
        .padEnd(25)
        .concat(
          ...ratios.filter((one) => one.to === to).map((one) => `${one.ratio}x`.padStart(12)),
        ),
    ),
    `peak memory ${peakMemoryMb} MB`,
    '',
  ].join('\n')

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchTraining({json: process.argv.includes('--json')})
}
