import type {Clock} from '../base/clock.ts'
import {seededRandom} from '../base/random.ts'
import type {Result} from '../base/result.ts'
import type {Dataset} from '../datasets/dataset.ts'
import type {FailureReason} from '../studies/study.ts'
import type {Pace} from '../throttle/pace.ts'
import type {FromTrainer, TrainingJob} from '../trials/messages.ts'
import type {OpenBackend} from './backends/open.ts'
import {createGather} from './loop/batches.ts'
import {createLearner, type Learned} from './loop/learner.ts'
import {type Measurement, measure} from './loop/measure.ts'
import {createMeter} from './loop/meter.ts'
import {createRhythm} from './loop/rhythm.ts'
import {fitScaling} from './loop/scaling.ts'
import type {Model} from './model.ts'
import {initialParameters} from './network/initial-parameters.ts'
import {lenet} from './network/lenet.ts'
import {type Plan, planOf} from './plan.ts'
import {scoreOf} from './score.ts'

/** What a job needs besides itself. */
export type Surroundings = {
  readonly backend: OpenBackend
  readonly readDataset: (file: string) => Result<Dataset>
  /** The pace of the moment. */
  readonly pace: () => Pace
  /** Aborted when the job is to be given up. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Hears of progress and epochs. */
  readonly say: (message: FromTrainer) => void
}

/** How a job ends. Only errors that nobody expects are thrown. */
export type Ending = Extract<FromTrainer, {kind: 'done' | 'failed'}>

/** Trains and measures as the job says. Nothing of it stays on the backend. */
export const runJob = async (job: TrainingJob, surroundings: Surroundings): Promise<Ending> => {
  const plan = planOf(job, surroundings.readDataset)
  if (!plan.ok) return failed('invalid', plan.problems.join(' '))
  try {
    const model = modelFor(job, plan.value, surroundings.backend)
    try {
      return await carryOut(job, plan.value, model, surroundings)
    } finally {
      model.dispose()
    }
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') {
      return failed('canceled', 'Stopped on request.')
    }
    throw cause
  }
}

const modelFor = (
  {seed}: TrainingJob,
  {setting, dataset}: Plan,
  {createModel}: OpenBackend,
): Model => {
  const architecture = lenet(dataset, dataset.classes.length, setting)
  const initial = initialParameters(architecture, setting.activation, seed)
  return createModel(architecture, setting, {initial, seed})
}

const carryOut = async (
  job: TrainingJob,
  {setting, dataset, learning, judging}: Plan,
  model: Model,
  {backend, pace, signal, clock, say}: Surroundings,
): Promise<Ending> => {
  const startedMs = clock.monotonicMs()
  const scaling = fitScaling(dataset.train.pixels, dataset, learning)
  const rhythm = createRhythm({pace, itemsAtOnce: backend.itemsAtOnce, signal, clock})
  const meter = createMeter({
    steps: setting.epochs * Math.ceil(learning.length / setting.batch),
    clock,
    report: (progress) => say({kind: 'progress', ...progress}),
  })
  const learnEpoch = createLearner({
    model,
    batch: setting.batch,
    seed: job.seed,
    pictures: learning,
    gather: createGather(dataset.train, dataset, scaling, {
      shift: setting.shift,
      flip: setting.flip,
      random: seededRandom(job.seed, 'augmentation'),
    }),
    rhythm,
    meter,
  })
  const judge = () =>
    measure(
      model,
      createGather(judging.images, dataset, scaling),
      judging.pictures,
      dataset.classes.length,
      rhythm,
    )

  for (let epoch = 1; epoch <= setting.epochs; epoch++) {
    const epochStartedMs = clock.monotonicMs()
    const learned = await learnEpoch(epoch)
    if (learned.kind === 'diverged') {
      return diverged('the training loss', `epoch ${epoch}, step ${learned.step}`)
    }
    const validation = job.purpose.kind === 'validate' ? await judge() : undefined
    if (validation && !Number.isFinite(validation.loss)) {
      return diverged('the validation loss', `epoch ${epoch}`)
    }
    const seconds = (clock.monotonicMs() - epochStartedMs) / 1000
    say({kind: 'epoch', epoch: {epoch, metrics: {...metricsOf(learned, validation), seconds}}})
  }

  const samplesPerSecond = meter.samplesPerSecond()
  if (job.purpose.kind === 'validate') return {kind: 'done', samplesPerSecond}
  const test = await judge()
  if (!Number.isFinite(test.loss)) return diverged('the test loss', `epoch ${setting.epochs}`)
  return {
    kind: 'done',
    samplesPerSecond,
    score: {
      params: job.params,
      ...scoreOf(test, dataset.classes),
      samplesPerSecond,
      durationMs: clock.monotonicMs() - startedMs,
      backend: backend.name,
    },
  }
}

const metricsOf = (
  learned: Extract<Learned, {kind: 'learned'}>,
  validation: Measurement | undefined,
): Record<string, number> => ({
  train_loss: learned.loss,
  train_accuracy: learned.accuracy,
  ...(validation ? {val_loss: validation.loss, val_accuracy: validation.accuracy} : {}),
})

const diverged = (what: string, where: string): Ending =>
  failed(
    'diverged',
    `Expected ${what} to stay a number, got none in ${where}. A lower learning rate may help.`,
  )

const failed = (kind: FailureReason['kind'], message: string): Ending => ({
  kind: 'failed',
  reason: {kind, message},
})
