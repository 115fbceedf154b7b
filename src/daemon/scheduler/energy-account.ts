import type {Clock} from '../base/clock.ts'
import type {Energy} from '../studies/study.ts'
import {countTrial, energySince, readPower, unreadEnergyMeter} from './energy.ts'

/** Who used how much of the board's energy. */
export interface EnergyAccount {
  /** Hears of each reading of the device: W of the whole board, where that is measured. */
  readonly readPower: (powerW: number | undefined) => void
  /** A trial starts. What it returns is to be called when that ends, and gives the trial's share of all that was used since. */
  readonly open: () => () => Energy
  /** What the whole board has used since this was asked before, while trials ran. */
  readonly takeBoard: () => Energy
}

export const openEnergyAccount = (clock: Clock): EnergyAccount => {
  let meter = unreadEnergyMeter
  let taken = meter.board

  const count = (change: 1 | 0 | -1) => {
    meter = countTrial(meter, clock.monotonicMs(), change)
    return meter
  }
  return {
    readPower: (powerW) => {
      meter = readPower(meter, clock.monotonicMs(), powerW)
    },
    open: () => {
      const {share} = count(1)
      return () => energySince(share, count(-1).share)
    },
    takeBoard: () => {
      const {board} = count(0)
      const energy = energySince(taken, board)
      taken = board
      return energy
    },
  }
}
