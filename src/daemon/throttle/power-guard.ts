/** Keeps the board within the watts that it may take, and its supply from sagging. */
import type {Bound} from './bound.ts'
import {type Ceiling, lower, raise, startingCeiling} from './ceiling.ts'
import type {Limits} from './limits.ts'
import {fullPace} from './pace.ts'

export type PowerGuard = {
  readonly ceiling: Ceiling
  /** What is said for a minute is one event. */
  readonly isOverCurrent: boolean
  /** The last trouble, half a sentence. */
  readonly trouble?: string
}

/** A 5 V supply below this is too weak for its load: what comes next is a sudden power-off. */
export const weakSupplyV = 4.75
/** The rails that a 5 V supply feeds directly. */
const inputRail = /5V_IN$/
/** Below this it is no 5 V rail, or no reading of one. */
const impossibleV = 3

/** Micro-batches are what peaks hang on; nothing is felt out where no supply can be seen. */
export const restedSupply = (
  limits: Limits,
  voltagesV: Readonly<Record<string, number>>,
): PowerGuard => ({
  ceiling: startingCeiling(
    supplyV(voltagesV) === undefined ? fullPace.microBatch : limits.firstMicroBatch,
  ),
  isOverCurrent: false,
})

/** The guard after `seconds` with micro-batches of `microBatch`; undefined where nothing ran. */
export const feelSupply = (
  guard: PowerGuard,
  seen: {
    readonly voltagesV: Readonly<Record<string, number>>
    readonly isOverCurrent: boolean
    readonly microBatch: number | undefined
    readonly seconds: number
  },
): PowerGuard => {
  const {microBatch, seconds} = seen
  if (microBatch === undefined) return guard
  const voltageV = supplyV(seen.voltagesV)
  const {isOverCurrent} = seen
  const isWeak = voltageV !== undefined && voltageV < weakSupplyV
  if (isWeak || (isOverCurrent && !guard.isOverCurrent)) {
    return {
      ceiling: lower(guard.ceiling, microBatch),
      isOverCurrent,
      trouble: isWeak
        ? `the supply had sagged to ${voltageV.toFixed(2)} V of 5 V`
        : 'the board had drawn more current than it may',
    }
  }
  return {
    ...guard,
    isOverCurrent,
    ceiling: raise(guard.ceiling, seconds, microBatch >= guard.ceiling.most),
  }
}

const supplyV = (voltagesV: Readonly<Record<string, number>>): number | undefined =>
  Object.entries(voltagesV).find(
    ([rail, voltageV]) => inputRail.test(rail) && voltageV > impossibleV,
  )?.[1]

/** What the supply's weakness allows. */
export const supplyBound = ({ceiling, trouble}: PowerGuard): Bound => ({
  microBatch: ceiling.most,
  why: trouble ?? 'it is being felt out what the supply bears',
})

/** What the user's own cap allows. */
export const capBound = ({powerW}: Limits, idleW: number | undefined): Bound | undefined =>
  powerW === undefined || idleW === undefined
    ? undefined
    : {
        trainingW: Math.max(0, powerW - idleW),
        why: `the board may take ${powerW} W, and takes ${idleW.toFixed(1)} W at rest`,
      }
