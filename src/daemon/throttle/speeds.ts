/** What training does at each micro-batch, as far as it was seen: samples a second and W at full duty. */
import type {Pace} from './pace.ts'

export type Speeds = {
  /** W of the board while nothing is trained; absent while that was not seen. */
  readonly idleW?: number
  /** By micro-batch, whatever the trial. */
  readonly power: Readonly<Record<number, Seen>>
  /** By micro-batch, of the trial that runs: another's network is another matter. */
  readonly samples: Readonly<Record<number, Seen>>
  readonly trials?: string
}

/** A fading mean of the value at full duty, and how much it was seen. */
type Seen = {readonly mean: number; readonly weight: number}

/** What runs. */
export type Work = {
  /** Which trials, as `study/trial`; a change of them is a change of what is computed. */
  readonly trials: readonly string[]
  /** Model and data set: how much memory a sample takes. */
  readonly task: string
  /** The optimizer's batch: a larger micro-batch makes no difference. */
  readonly batch?: number
  readonly samplesPerSecond?: number
}

/** A guess for what was not seen yet, that of a Nano; where no power is measured it stands for one unit of training. */
const usualW = 3
/** A sensor that shows less does not see the training: then it stands for one unit of it, too. */
const leastW = 0.3
/** No board of ours takes that much. */
const impossibleW = 2_000
/** Readings are of an instant, in which the device computes or rests: minutes of them make a mean. */
const memoryS = 120
/** One reading at full duty is worth so many at half. */
const leastChance = 0.01
/** A mean of less than this is mostly chance. */
const leastWeight = 10

export const unseenSpeeds: Speeds = {power: {}, samples: {}}

/** The micro-batch that is really computed: no larger than the batch. */
export const effective = (microBatch: number, work: Work | undefined): number =>
  Math.min(microBatch, work?.batch ?? microBatch)

/** What `seconds` at that pace have shown. `powerW` is the whole board's. */
export const learnSpeeds = (
  speeds: Speeds,
  seen: {
    readonly work: Work | undefined
    readonly pace: Pace
    readonly powerW: number | undefined
    readonly seconds: number
  },
): Speeds => {
  const {work, pace, seconds} = seen
  const powerW = isCredible(seen.powerW) ? seen.powerW : undefined
  if (!work || pace.duty === 0) {
    return powerW === undefined ? speeds : {...speeds, idleW: faded(speeds.idleW, powerW, seconds)}
  }
  const microBatch = effective(pace.microBatch, work)
  const duty = pace.duty
  // Never seen idle: the least that was seen is the best guess.
  const idleW = powerW === undefined ? speeds.idleW : Math.min(speeds.idleW ?? powerW, powerW)
  const trials = work.trials.join(' ')
  const samples = trials === speeds.trials ? speeds.samples : {}
  return {
    trials,
    ...(idleW === undefined ? {} : {idleW}),
    power:
      powerW === undefined || idleW === undefined
        ? speeds.power
        : {
            ...speeds.power,
            [microBatch]: add(speeds.power[microBatch], powerW - idleW, duty, seconds),
          },
    samples:
      work.samplesPerSecond === undefined
        ? samples
        : {
            ...samples,
            [microBatch]: add(samples[microBatch], work.samplesPerSecond, duty, seconds),
          },
  }
}

/** W of training at full duty, on top of the idle board's. */
export const trainingW = ({power}: Speeds, microBatch: number): number => {
  const seen = Object.entries(power).flatMap(([at, {mean, weight}]) =>
    weight >= leastWeight && mean >= leastW ? [{microBatch: Number(at), mean}] : [],
  )
  const same = seen.find((one) => one.microBatch === microBatch)
  return same?.mean ?? (seen.length ? Math.max(...seen.map(({mean}) => mean)) : usualW)
}

/** Samples a second at full duty, where this trial has shown it. */
export const fullSpeed = ({samples}: Speeds, microBatch: number): number | undefined => {
  const seen = samples[microBatch]
  return seen && seen.weight >= leastWeight ? seen.mean : undefined
}

/** A reading at little duty is mostly of a rest: it counts by how surely it is not. */
const add = (seen: Seen | undefined, value: number, duty: number, seconds: number): Seen => {
  const weight = (seconds * duty) / (1 - duty + leastChance)
  const sum = weight + (seen?.weight ?? 0) * Math.exp(-seconds / memoryS)
  const mean = seen?.mean ?? 0
  return {mean: mean + (weight / sum) * (value / duty - mean), weight: sum}
}

const isCredible = (powerW: number | undefined): boolean =>
  powerW !== undefined && powerW > 0 && powerW < impossibleW

const faded = (before: number | undefined, now: number, seconds: number): number =>
  before === undefined ? now : now + (before - now) * Math.exp(-seconds / memoryS)
