/** Times what could train on this machine, each in a training process of its own, on pictures of noise. */
import {randomBytes} from 'node:crypto'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Clock} from '../base/clock.ts'
import {silentLog} from '../base/log.ts'
import {writePrepared} from '../datasets/prepared.ts'
import {fullPace} from '../throttle/pace.ts'
import type {TrainingJob} from '../trials/messages.ts'
import {startTrainerProcess, type TrainerProcess} from '../trials/trainer-process.ts'
import type {TrialListener} from '../trials/trial-run.ts'
import {type Timed, timedBackends} from './processor.ts'

export type SpeedTestOptions = {
  /** TensorFlow's binding. */
  readonly bindingFile: string
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How long each of them trains. */
  readonly eachMs?: number
}

/** For one that hangs while it starts, or needs more than this for two steps. */
const longestMs = 30_000

/** One after the other, ten to twenty seconds in all. Undefined where it was interrupted. */
export const timeBackends = async (
  options: SpeedTestOptions,
): Promise<readonly Timed[] | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'simmer-speed-'))
  try {
    const job = await noiseJob(join(folder, 'noise.simmer'))
    const results: Timed[] = []
    for (const backend of timedBackends) {
      const {bindingFile, signal} = options
      const trainer = startTrainerProcess({backend, bindingFile, log: silentLog})
      const within = AbortSignal.any([signal, AbortSignal.timeout(longestMs)])
      within.addEventListener('abort', () => void trainer.close())
      results.push(await timeOne(trainer, backend, job, options))
      await trainer.close()
      if (signal.aborted) return undefined
    }
    return results
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

const timeOne = async (
  trainer: TrainerProcess,
  backend: Timed['backend'],
  job: TrainingJob,
  {clock, eachMs = 2_500}: SpeedTestOptions,
): Promise<Timed> => {
  const ready = await trainer.ready
  if (!ready.ok) return {backend, problem: firstSentence(ready.problems.join(' '))}
  if (ready.value !== backend) return {backend, problem: `only ${ready.value} works.`}
  let first: {readonly step: number; readonly atMs: number} | undefined
  let samplesPerSecond = 0
  const listener: TrialListener = {
    onEpoch: () => {},
    onProgress: ({step}) => {
      const atMs = clock.monotonicMs()
      // Up to the first report everything is still warming up.
      if (!first) first = {step, atMs}
      else if (step > first.step && atMs > first.atMs) {
        samplesPerSecond = ((step - first.step) * batch * 1000) / (atMs - first.atMs)
        if (atMs - first.atMs >= eachMs) run.stop()
      }
    },
  }
  const run = trainer.run(job, {pace: fullPace, limits: {}, listener})
  const outcome = await run.outcome
  if (samplesPerSecond > 0) return {backend, samplesPerSecond}
  const problem = outcome.kind === 'failed' ? outcome.reason.message : 'it came to nothing.'
  return {backend, problem: firstSentence(problem)}
}

/** The advice behind it is for someone who has set this backend. */
const firstSentence = (text: string): string => text.replace(/\. .*/s, '.')

const batch = 64
/** A whole number of batches, in the shape of the pictures that Simmer comes with. */
const noise = {count: 32 * batch, height: 28, width: 28, channels: 3} as const

/** The default LeNet-5, far longer than the test takes. */
const noiseJob = async (datasetFile: string): Promise<TrainingJob> => {
  const {count, ...shape} = noise
  const images = (size: number) => ({
    pixels: randomBytes(size * shape.height * shape.width * shape.channels),
    labels: Uint8Array.from({length: size}, (_, i) => i % 10),
  })
  await writePrepared(datasetFile, {
    name: 'noise',
    classes: Array.from({length: 10}, (_, i) => String(i)),
    ...shape,
    train: images(count),
    test: images(10),
  })
  return {params: {epochs: 1000, batch}, seed: 1, datasetFile, purpose: {kind: 'score'}}
}
