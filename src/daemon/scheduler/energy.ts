/**
 * The energy of the board while trials run, and each trial's share of it. Pure. Each moment's power is divided evenly among
 * the trials that run in it, so that the trials of a study together have used what the board has.
 */
import type {Energy} from '../studies/study.ts'

export type EnergyMeter = {
  /** Up to where everything is added up. */
  readonly atMs: number
  /** The power that was read last; absent where that reading had none. */
  readonly powerW?: number
  /** How many trials run. */
  readonly running: number
  /** Of the whole board while at least one trial ran. */
  readonly board: Energy
  /** Of a trial that had run all this time. */
  readonly share: Energy
}

const none: Energy = {joules: 0, measuredMs: 0}

export const unreadEnergyMeter: EnergyMeter = {atMs: 0, running: 0, board: none, share: none}

/** A reading stands for the time since the one before it. */
export const readPower = (meter: EnergyMeter, atMs: number, powerW?: number): EnergyMeter => {
  const {powerW: _, ...before} = meter
  return passTime(powerW === undefined ? before : {...before, powerW}, atMs)
}

/** A trial starts (1) or ends (−1), or neither; since the latest reading the power is taken for what that said. */
export const countTrial = (meter: EnergyMeter, atMs: number, change: 1 | 0 | -1): EnergyMeter => ({
  ...passTime(meter, atMs),
  running: meter.running + change,
})

export const energySince = (earlier: Energy, later: Energy): Energy => ({
  joules: later.joules - earlier.joules,
  measuredMs: later.measuredMs - earlier.measuredMs,
})

/** The energy of all of `durationMs` at the mean power of the part of it that was measured; undefined where none was. */
export const joulesOver = ({joules, measuredMs}: Energy, durationMs: number): number | undefined =>
  measuredMs > 0 ? (joules / measuredMs) * durationMs : undefined

const passTime = (meter: EnergyMeter, atMs: number): EnergyMeter => {
  const {powerW, running} = meter
  if (powerW === undefined || running === 0) return {...meter, atMs}
  const passedMs = Math.max(0, atMs - meter.atMs)
  const joules = (powerW * passedMs) / 1000
  return {
    ...meter,
    atMs,
    board: {joules: meter.board.joules + joules, measuredMs: meter.board.measuredMs + passedMs},
    share: {
      joules: meter.share.joules + joules / running,
      measuredMs: meter.share.measuredMs + passedMs,
    },
  }
}
