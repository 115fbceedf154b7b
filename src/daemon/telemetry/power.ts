/** The power of the whole board, and its mean over a stretch of time. Pure. */
import type {Reading} from './reading.ts'

/** The rail that feeds all others: the Nano's and the Orin Nano's names for it. */
const inputRails = ['POM_5V_IN', 'VDD_IN']

/** W of the whole board: its input rail, or where none is measured the rails together, which then are separate. */
export const boardPowerW = ({powersW}: Pick<Reading, 'powersW'>): number | undefined => {
  const input = inputRails.find((rail) => rail in powersW)
  if (input !== undefined) return powersW[input]
  const watts = Object.values(powersW)
  return watts.length ? watts.reduce((sum, one) => sum + one, 0) : undefined
}

/** Readings of the power added up, so that a mean needs no more than two looks at it. */
export type PowerMeter = {
  readonly count: number
  readonly sumW: number
  /** The latest reading; absent where it had no power. */
  readonly latestW?: number
}

export const unreadPowerMeter: PowerMeter = {count: 0, sumW: 0}

export const meterPower = ({count, sumW}: PowerMeter, powerW: number | undefined): PowerMeter =>
  powerW === undefined ? {count, sumW} : {count: count + 1, sumW: sumW + powerW, latestW: powerW}

/** The mean of the readings from `before` to `after`; where none came in between, the latest. */
export const meanPowerW = (before: PowerMeter, after: PowerMeter): number | undefined =>
  after.count > before.count
    ? (after.sumW - before.sumW) / (after.count - before.count)
    : after.latestW
