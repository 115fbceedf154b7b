/** Ways to choose a pace: the product's throttle, what others do, and what could be done by one who knew everything. */
import type {Limits} from '../throttle/limits.ts'
import {fullPace, type Pace} from '../throttle/pace.ts'
import {weakSupplyV} from '../throttle/power-guard.ts'
import {decide, type Sample, startThrottle} from '../throttle/throttle.ts'
import {type Plant, type PlantState, step} from './plant.ts'

export const policyNames = ['none', 'small-batch', 'bang-bang', 'pid', 'simmer', 'optimum'] as const
export type PolicyName = (typeof policyNames)[number]

/** The pace for the next second, from what the sensors said of the last. */
export type Policy = (
  sample: Sample,
  truth: Truth,
) => {readonly pace: Pace; readonly reason?: string}

/** What no device tells: its laws and its true state. For the optimum alone. */
type Truth = {readonly plant: Plant; readonly state: PlantState; readonly seed: number}

/** A policy at the start of a run. */
export const startPolicy = (name: PolicyName, limits: Limits): Policy => {
  switch (name) {
    case 'none':
      return () => ({pace: fullPace})
    case 'small-batch':
      return () => ({pace: {microBatch: 8, duty: 1}})
    case 'bang-bang':
      return bangBang(limits)
    case 'pid':
      return pid(limits)
    case 'simmer':
      return simmer(limits)
    case 'optimum':
      return (_sample, truth) => ({pace: optimumPace(truth, limits)})
  }
}

const simmer = (limits: Limits): Policy => {
  let throttle = startThrottle(limits)
  return (sample) => {
    const {state, order} = decide(throttle, sample, limits)
    throttle = state
    return {pace: state.pace, ...(order ? {reason: order.reason} : {})}
  }
}

const hottestOf = ({reading}: Sample): number | undefined => {
  const temperatures = Object.values(reading.temperaturesC)
  return temperatures.length ? Math.max(...temperatures) : undefined
}

const bangBandC = 2

/** Stops at the limit and goes on two degrees below it, as a thermostat does. */
const bangBang = ({temperatureC}: Limits): Policy => {
  let duty = 1
  return (sample) => {
    const hottest = hottestOf(sample)
    if (hottest !== undefined && hottest >= temperatureC) duty = 0
    if (hottest !== undefined && hottest < temperatureC - bangBandC) duty = 1
    return {pace: {...fullPace, duty}}
  }
}

/** Tuned by hand on the bare Nano, by the rules of Ziegler and Nichols and then gentler. */
const proportional = 0.08
const integral = 0.002
const derivative = 0.1

/** Duty by error, its sum and its change; the sum stands still where the duty is at its bounds. */
const pid = ({temperatureC}: Limits): Policy => {
  let sum = 1
  let before: number | undefined
  let duty = 1
  return (sample) => {
    const hottest = hottestOf(sample)
    if (hottest === undefined) return {pace: {...fullPace, duty}}
    const error = temperatureC - hottest
    const wanted = sum + proportional * error - derivative * (hottest - (before ?? hottest))
    duty = Math.min(1, Math.max(0, wanted))
    if (wanted === duty || error * (wanted - duty) < 0) {
      sum = Math.min(1, Math.max(0, sum + integral * error))
    }
    before = hottest
    return {pace: {...fullPace, duty}}
  }
}

const microBatches = [256, 128, 64, 32, 16, 8, 4, 2, 1]

/**
 * The most that can be done in the next second without leaving any limit. As every sample has to be trained, in the given
 * order and for its own energy, most is trained by taking in the most energy; and a device that is as hot as it may be
 * gives off the most, so that to hold back now never pays later.
 */
const optimumPace = ({plant, state, seed}: Truth, limits: Limits): Pace => {
  const limitMb = limits.memoryAvailableBytes / 2 ** 20
  const at = (pace: Pace) => step(plant, state, seed, pace)
  const microBatch =
    microBatches.find((one) => {
      const {second} = at({microBatch: one, duty: 1})
      return second.availableMb >= limitMb && second.voltageV >= weakSupplyV
    }) ?? 1
  const heat = (duty: number) => at({microBatch, duty}).second.chipC
  const [least, most] = [heat(0), heat(1)]
  const duty = most <= limits.temperatureC ? 1 : (limits.temperatureC - least) / (most - least)
  return {microBatch, duty: Math.max(0, duty)}
}
