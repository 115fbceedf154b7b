/** The scale of an objective's values. Pure. */
import type {Objective} from '../../daemon/studies/study.ts'
import {ticks} from './chart.ts'

export type ValueScale = {
  readonly low: number
  readonly high: number
  /** Where a value stands, 0–1; what is beyond the ends stands at them. */
  readonly at: (value: number) => number
  readonly ticks: (count: number) => readonly number[]
  /** How many values are beyond its bad end. */
  readonly beyond: number
}

/**
 * From the best value to the worst; but a few trials that went wild don't press the others together: it ends three times
 * as far beyond the worse quartile as the best value lies before it.
 */
export const valueScale = (values: readonly number[], {goal}: Objective): ValueScale => {
  const sorted = Float64Array.from(values).sort()
  if (goal === 'maximize') sorted.reverse()
  const best = sorted[0] ?? 0
  const worst = sorted.at(-1) ?? 0
  const quartile = sorted[Math.ceil(0.75 * (sorted.length - 1))] ?? worst
  const limit = quartile + 3 * (quartile - best)
  const isWild = quartile !== best && Math.abs(worst - best) > Math.abs(limit - best)
  const end = isWild ? limit : worst
  const [low, high] = padded(Math.min(best, end), Math.max(best, end))
  return {
    low,
    high,
    at: (value) => Math.min(1, Math.max(0, (value - low) / (high - low))),
    ticks: (count) => ticks(low, high, count, 0),
    beyond: isWild ? values.filter((one) => one < low || one > high).length : 0,
  }
}

/** Equal values get some room. */
const padded = (low: number, high: number): readonly [number, number] => {
  const room = Math.abs(low) * 0.1 || 1
  return low === high ? [low - room, high + room] : [low, high]
}
