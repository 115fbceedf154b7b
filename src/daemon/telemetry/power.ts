/** The power of the whole board. Pure. */
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
