/**
 * Decides how fast trials may run from what the sensors say. Pure: it reads nothing and tells nobody. It changes the
 * speed of a trial, never its result. Three guards say what they allow; the fastest pace within all of it is taken.
 */
import type {Reading} from '../telemetry/reading.ts'
import type {Bound} from './bound.ts'
import {feelHeat, type HeatGuard, heatBound, isBlind, unseenHeat} from './heat-guard.ts'
import type {Limits} from './limits.ts'
import {feelMemory, freeMemory, type Memory, type MemoryGuard, memoryBound} from './memory-guard.ts'
import {fullPace, type Pace} from './pace.ts'
import {capBound, feelSupply, type PowerGuard, restedSupply, supplyBound} from './power-guard.ts'
import {
  effective,
  fullSpeed,
  learnSpeeds,
  type Speeds,
  trainingW,
  unseenSpeeds,
  type Work,
} from './speeds.ts'

/** A change of pace, and the sentence that says why. */
export type Order = {readonly atMs: number; readonly pace: Pace; readonly reason: string}

export type Throttle = {
  /** What was ordered last. */
  readonly pace: Pace
  /** Absent before the first reading. */
  readonly lastMs?: number
  readonly heat: HeatGuard
  readonly supply?: PowerGuard
  readonly memory: MemoryGuard
  readonly speeds: Speeds
}

/** Before anything was seen. Its pace is for the first trial, until the first order. */
export const startThrottle = ({firstMicroBatch}: Limits): Throttle => ({
  pace: {...fullPace, microBatch: firstMicroBatch},
  heat: unseenHeat,
  memory: freeMemory,
  speeds: unseenSpeeds,
})

/** A clock that leaps, or a machine that slept, tells nothing of how long it took. */
const longestStepS = 600
/** No machine of ours has more. */
const mostBytes = 2 ** 44
/** A pace is not changed for less than this share of all time, or of its own. */
const leastChange = 0.02
const leastShare = 0.05
/** A smaller micro-batch that this trial was faster with must be so by more than chance. */
const clearlyFaster = 1.05

/** What is known each second. */
export type Sample = {
  readonly reading: Reading
  /** W of the whole board; absent where that is not measured. */
  readonly powerW?: number
  /** Absent while nothing is trained. */
  readonly work?: Work
}

/** The next state, and an order where the pace changes. */
export const decide = (
  throttle: Throttle,
  sample: Sample,
  limits: Limits,
): {readonly state: Throttle; readonly order?: Order} => {
  const {reading, work} = sample
  const felt = feel(throttle, sample, limits, secondsSince(throttle.lastMs, reading.atMs))
  if (!work) return {state: felt}
  const {pace: allowed, bound} = fastestPace(felt, work, limits)
  // What cannot be seen is no reason to go faster.
  const pace = isBlind(felt.heat) ? slowerOf(allowed, throttle.pace) : allowed
  const isGentler = isSlower(pace, throttle.pace)
  if (!isWorthIt(throttle.pace, pace)) return {state: felt}
  return {
    state: {...felt, pace},
    order: {atMs: reading.atMs, pace, reason: sentence(pace, bound, isGentler)},
  }
}

const secondsSince = (lastMs: number | undefined, atMs: number): number => {
  const seconds = lastMs === undefined ? 1 : (atMs - lastMs) / 1000
  return seconds > 0 && seconds < longestStepS ? seconds : 1
}

/** Everything that the sample shows, taken in. */
const feel = (
  throttle: Throttle,
  {reading, powerW, work}: Sample,
  limits: Limits,
  seconds: number,
): Throttle => {
  const {pace} = throttle
  const speeds = learnSpeeds(throttle.speeds, {work, pace, powerW, seconds})
  const isRunning = work !== undefined && pace.duty > 0
  const microBatch = isRunning ? effective(pace.microBatch, work) : undefined
  return {
    pace,
    lastMs: reading.atMs,
    speeds,
    heat: feelHeat(throttle.heat, reading.temperaturesC, {
      trainingW: microBatch === undefined ? 0 : pace.duty * trainingW(speeds, microBatch),
      seconds,
      limits,
    }),
    supply: feelSupply(throttle.supply ?? restedSupply(limits, reading.voltagesV), {
      voltagesV: reading.voltagesV,
      isOverCurrent: reading.isOverCurrent ?? false,
      microBatch,
      seconds,
    }),
    memory: feelMemory(throttle.memory, {
      memory: memoryOf(reading),
      running: work && microBatch !== undefined ? {task: work.task, microBatch} : undefined,
      seconds,
      limits,
    }),
  }
}

/** The memory's figures that can be true. */
const memoryOf = ({memoryAvailableBytes, swapUsedBytes, memoryPressure}: Reading): Memory => ({
  ...(isWithin(memoryAvailableBytes, mostBytes) ? {availableBytes: memoryAvailableBytes} : {}),
  ...(isWithin(swapUsedBytes, mostBytes) ? {swapUsedBytes} : {}),
  ...(isWithin(memoryPressure, 1) ? {pressure: memoryPressure} : {}),
})

const isWithin = (value: number | undefined, most: number): value is number =>
  value !== undefined && value >= 0 && value <= most

type Choice = {readonly pace: Pace; readonly bound: Bound | undefined}

/** The fastest pace that all guards allow, with the guard that holds it back. */
const fastestPace = (throttle: Throttle, work: Work, limits: Limits): Choice => {
  const {heat, supply, memory, speeds} = throttle
  const memoryLimit = memoryBound(memory, work.task, limits)
  const supplyLimit = supply && supplyBound(supply)
  const cap = capBound(limits, speeds.idleW)
  const choose = (wanted: number): Choice => {
    const microBatch = Math.min(
      wanted,
      memoryLimit.microBatch ?? wanted,
      supplyLimit?.microBatch ?? wanted,
    )
    const fullW = trainingW(speeds, effective(microBatch, work))
    const bounds = [
      heatBound(heat, limits, {fullPowerW: fullW, duty: throttle.pace.duty}),
      memoryLimit,
      supplyLimit,
      cap,
    ].filter((bound) => bound !== undefined)
    return within(bounds, microBatch, fullW)
  }
  const best = choose(fullPace.microBatch)
  const speed = ({pace}: Choice) =>
    pace.duty * (fullSpeed(speeds, effective(pace.microBatch, work)) ?? 0)
  // Where heat or watts hold training back, a smaller micro-batch that takes less may get more done.
  if (best.pace.duty === 1 || speed(best) === 0) return best
  const fastest = Object.keys(speeds.samples)
    .map((microBatch) => choose(Number(microBatch)))
    .reduce((one, other) => (speed(other) > speed(one) ? other : one), best)
  if (speed(fastest) <= clearlyFaster * speed(best)) return best
  const [more, less] = [speed(fastest), speed(best)].map(Math.round)
  return {
    pace: fastest.pace,
    bound: {why: `so it trains ${more} samples a second, and more at once only ${less}`},
  }
}

const within = (bounds: readonly Bound[], microBatch: number, fullW: number): Choice => {
  const dutyOf = ({duty = 1, trainingW: watts = Number.POSITIVE_INFINITY}: Bound) =>
    Math.min(duty, watts / fullW)
  const smallest = Math.min(microBatch, ...bounds.map((bound) => bound.microBatch ?? microBatch))
  const duty = Math.min(1, ...bounds.map(dutyOf))
  const pace = {microBatch: smallest, duty: Math.floor(1000 * duty) / 1000}
  const tightest = bounds.find((bound) => dutyOf(bound) === duty && duty < 1)
  const smallestOf = bounds.find(
    (bound) => bound.microBatch === smallest && smallest < fullPace.microBatch,
  )
  return {pace, bound: tightest ?? smallestOf ?? bounds[0]}
}

const slowerOf = (one: Pace, other: Pace): Pace => ({
  microBatch: Math.min(one.microBatch, other.microBatch),
  duty: Math.min(one.duty, other.duty),
})

const isSlower = (now: Pace, before: Pace): boolean =>
  now.duty === before.duty ? now.microBatch < before.microBatch : now.duty < before.duty

const isWorthIt = (before: Pace, now: Pace): boolean =>
  now.microBatch !== before.microBatch ||
  Math.abs(now.duty - before.duty) >= Math.max(leastChange, leastShare * before.duty) ||
  (now.duty !== before.duty && (now.duty === 0 || now.duty === 1))

const sentence = (
  {microBatch, duty}: Pace,
  bound: Bound | undefined,
  isGentler: boolean,
): string => {
  const why = bound ? `: ${bound.why}` : ''
  if (duty === 0) return `Training stands still${why}.`
  const size = microBatch < fullPace.microBatch ? `, ${microBatch} pictures at once` : ''
  if (duty === 1 && !size) return `Full speed${why}.`
  const share = duty < 1 ? `, at work ${Math.round(100 * duty)} % of the time` : ''
  return `${isGentler ? 'Slower' : 'Faster'}${share}${size}${why}.`
}
