/** Whether the 5 V supply holds under the load. Pure. */
import {weakSupplyV} from '../telemetry/rails.ts'
import type {Reading} from '../telemetry/reading.ts'
import type {Remark} from './remark.ts'

/** The 5 V input since the first reading. */
export type Supply = {
  readonly readings: number
  readonly voltageV?: number
  readonly lowestV?: number
  /** How often it fell below what is enough. */
  readonly sags: number
  /** How often an alarm of over-current began. */
  readonly overCurrents: number
  readonly isOverCurrent: boolean
}

export const unseenSupply: Supply = {readings: 0, sags: 0, overCurrents: 0, isOverCurrent: false}

export const watchSupply = (before: Supply, reading: Reading): Supply => {
  const voltageV = inputVoltageOf(reading)
  const isOverCurrent = reading.isOverCurrent ?? false
  const overCurrents = before.overCurrents + Number(isOverCurrent && !before.isOverCurrent)
  if (voltageV === undefined) return {...withoutVoltage(before), overCurrents, isOverCurrent}
  const wasWeak = before.voltageV !== undefined && before.voltageV < weakSupplyV
  return {
    readings: before.readings + 1,
    voltageV,
    lowestV: Math.min(voltageV, before.lowestV ?? voltageV),
    sags: before.sags + Number(voltageV < weakSupplyV && !wasWeak),
    overCurrents,
    isOverCurrent,
  }
}

/** `kernelOverCurrents` is how often the kernel has noted one since it started, where that is known. */
export const supplyRemarks = (
  supply: Supply,
  kernelOverCurrents: number | undefined,
): readonly Remark[] => {
  const overCurrents = [
    ...(supply.overCurrents ? [`an alarm ${times(supply.overCurrents)} since Simmer started`] : []),
    ...(kernelOverCurrents ? [`${times(kernelOverCurrents)} in the kernel’s log`] : []),
  ]
  const sentences = [
    ...voltageWords(supply),
    ...(overCurrents.length ? [`Over-current: ${overCurrents.join(', ')}.`] : []),
  ]
  if (sentences.length === 0) return []
  const remark = {about: 'supply', text: sentences.join(' ')} as const
  if (supply.sags === 0 && overCurrents.length === 0) return [{...remark, isGood: true}]
  const fix = 'Use 5 V 4 A at the barrel jack (jumper J48), or the 5 W mode.'
  return [{...remark, isGood: false, fix}]
}

const voltageWords = ({readings, lowestV, sags}: Supply): readonly string[] => {
  if (lowestV === undefined) return []
  const lowest = `${lowestV.toFixed(2)} V`
  if (sags > 0) {
    return [
      `The 5 V supply fell below ${weakSupplyV} V ${times(sags)} since Simmer started, to ${lowest} at worst: the box may go off without a word.`,
    ]
  }
  return readings === 1
    ? [`The 5 V supply is at ${lowest}.`]
    : [`The 5 V supply holds: never below ${lowest} since Simmer started.`]
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** Only a rail that is called so carries 5 V: other boards are fed with up to 20 V. */
const inputVoltageOf = ({voltagesV}: Reading): number | undefined =>
  Object.entries(voltagesV).find(([rail]) => rail.endsWith('5V_IN'))?.[1]

const withoutVoltage = ({voltageV: _, ...supply}: Supply): Supply => supply
