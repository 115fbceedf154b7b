/** A policy against a plant, for hours in a moment. Pure. */
import {seededRandom} from '../base/random.ts'
import {boardPowerW} from '../telemetry/power.ts'
import type {Limits} from '../throttle/limits.ts'
import {fullPace, type Pace} from '../throttle/pace.ts'
import type {Work} from '../throttle/speeds.ts'
import type {Sample} from '../throttle/throttle.ts'
import {coldPlant, type Plant, type Second, step} from './plant.ts'
import {type PolicyName, startPolicy} from './policies.ts'
import {sense} from './sensing.ts'

export type Summary = {
  readonly plant: string
  readonly policy: PolicyName
  readonly hours: number
  readonly samples: number
  readonly joules: number
  readonly peakC: number
  readonly secondsAboveTrip: number
  /** Above the limit by more than 1 °C, which is what sensors of half a degree leave room for. */
  readonly secondsAboveTarget: number
  readonly throttleEvents: number
  readonly brownOuts: number
  readonly outOfMemory: number
}

export type Moment = {
  readonly seconds: number
  readonly second: Second
  readonly pace: Pace
  readonly reason?: string
}

const toleranceC = 1

/** `onSecond` sees every second, for charts and live trees. */
export const simulate = (options: {
  readonly plant: Plant
  readonly policy: PolicyName
  readonly hours: number
  readonly limits: Limits
  readonly seed: number
  readonly onSecond?: (moment: Moment) => void
}): Summary => {
  const {plant, limits, seed, hours} = options
  const random = seededRandom(seed, 'sensors')
  const policy = startPolicy(options.policy, limits)
  let state = coldPlant(plant, seed)
  let pace: Pace = {...fullPace, duty: 0}
  let peakC = 0
  let secondsAboveTrip = 0
  let secondsAboveTarget = 0
  let throttleEvents = 0
  for (let seconds = 0; seconds < hours * 3600; seconds++) {
    const next = step(plant, state, seed, pace)
    const {second} = next
    state = next.state
    peakC = Math.max(peakC, second.chipC)
    if (second.chipC >= plant.brake.tripC) secondsAboveTrip++
    if (second.chipC > limits.temperatureC + toleranceC) secondsAboveTarget++
    const reading = sense(plant, second, seconds, random)
    const work = workOf(second)
    const powerW = boardPowerW(reading)
    const sample: Sample = {
      reading,
      ...(powerW === undefined ? {} : {powerW}),
      ...(work ? {work} : {}),
    }
    const decision = policy(sample, {plant, state, seed})
    if (decision.pace.duty !== pace.duty || decision.pace.microBatch !== pace.microBatch) {
      throttleEvents++
    }
    pace = decision.pace
    options.onSecond?.({seconds, second, ...decision})
  }
  const {samples, joules, brownOuts, outOfMemory} = state
  return {
    plant: plant.name,
    policy: options.policy,
    hours,
    samples: Math.round(samples),
    joules: Math.round(joules),
    peakC,
    secondsAboveTrip,
    secondsAboveTarget,
    throttleEvents,
    brownOuts,
    outOfMemory,
  }
}

const workOf = ({isWorking, trial, batch, samples}: Second): Work | undefined =>
  isWorking
    ? {trials: [String(trial)], task: 'simulated', batch, samplesPerSecond: samples}
    : undefined

/** Whether a run did what a throttle is there for. */
export const isSafe = ({hours, ...run}: Summary): boolean =>
  run.secondsAboveTrip === 0 &&
  run.secondsAboveTarget <= 0.001 * hours * 3600 &&
  run.brownOuts === 0 &&
  run.outOfMemory === 0
