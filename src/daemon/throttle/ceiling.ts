/**
 * The largest micro-batch that is known to be borne. It is halved at trouble and doubled after a quiet while; where the
 * doubling brings the trouble back, the next while is twice as long.
 */
import {fullPace} from './pace.ts'

export type Ceiling = {
  readonly most: number
  /** Seconds without trouble. */
  readonly quietS: number
  /** Seconds without trouble that it takes to try twice as much. */
  readonly patienceS: number
}

const firstPatienceS = 60
const longestPatienceS = 3_600
/** A first start is felt out quickly. */
const startPatienceS = 2
/** Nothing is so large that more would make a difference. */
const top = 1_024

export const startingCeiling = (most: number): Ceiling => ({
  most: most >= top ? fullPace.microBatch : most,
  quietS: 0,
  patienceS: startPatienceS,
})

/** Trouble with micro-batches of `microBatch` samples. */
export const lower = ({quietS, patienceS}: Ceiling, microBatch: number): Ceiling => ({
  most: Math.max(1, Math.trunc(microBatch / 2)),
  quietS: 0,
  patienceS:
    patienceS === startPatienceS || quietS > 2 * patienceS
      ? firstPatienceS
      : Math.min(longestPatienceS, patienceS * (quietS < firstPatienceS ? 2 : 1)),
})

/** Seconds went by in which what was in use did no harm. Only what is at the ceiling says whether more can be borne. */
export const raise = (ceiling: Ceiling, seconds: number, isReached: boolean): Ceiling => {
  const {most, patienceS} = ceiling
  const quietS = ceiling.quietS + seconds
  if (!isReached || most >= fullPace.microBatch || quietS < patienceS) return {...ceiling, quietS}
  return {most: 2 * most >= top ? fullPace.microBatch : 2 * most, quietS: 0, patienceS}
}
