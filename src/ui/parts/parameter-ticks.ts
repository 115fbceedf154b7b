/** Where an axis of a parameter gets its words. Pure. */
import type {Axis} from '../../daemon/studies/axes.ts'
import {ticks} from './chart.ts'
import {formatNumber} from './format.ts'

export type Tick = {readonly share: number; readonly words: string}

/** Few enough to read, at round values; of a choice every option, or as many as fit. */
export const ticksOf = (axis: Axis, most: number): readonly Tick[] => {
  if (axis.kind === 'options') {
    const every = Math.ceil(axis.options.length / most)
    return axis.options
      .map((words, i) => ({share: (i + 0.5) / axis.options.length, words}))
      .filter((_, i) => i % every === 0)
  }
  const {low, high, step} = axis
  const values =
    axis.scale === 'log' && low > 0
      ? powersBetween(low, high, most)
      : ticks(low, high, most, step ?? 0)
  const shown = values.length < 2 ? [low, high] : values
  return shown.map((value) => ({share: axis.at(value), words: wordsOf(value)}))
}

/** Small numbers would be longer than their places are wide. */
const wordsOf = (value: number): string =>
  value !== 0 && Math.abs(value) < 0.0001
    ? String(Number(value.toPrecision(2)).toExponential())
    : formatNumber(value)

/** Powers of ten, some of them where they are many; the ends where there is no more than one. */
const powersBetween = (low: number, high: number, most: number): readonly number[] => {
  const first = Math.ceil(Math.log10(low) - 1e-9)
  const last = Math.floor(Math.log10(high) + 1e-9)
  const every = Math.max(1, Math.ceil((last - first + 1) / most))
  const powers: number[] = []
  for (let power = first; power <= last; power += every) powers.push(Number(`1e${power}`))
  return powers
}
