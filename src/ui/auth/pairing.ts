/**
 * The code that pairs a browser with this box. Whoever can read the box's journal may pair; whoever guesses waits longer
 * and longer, but never for more than a minute: nobody locks out the owner for good.
 */
import {randomInt} from 'node:crypto'
import type {Clock} from '../../daemon/base/clock.ts'
import {isSame} from './secrets.ts'

type Claim =
  | {readonly kind: 'paired'}
  | {readonly kind: 'wrong'}
  | {readonly kind: 'wait'; readonly seconds: number}

export interface Pairing {
  /** Eight digits, the code of now: `4821 0937`. A claimed code is replaced at once. */
  readonly code: () => string
  readonly claim: (guess: string) => Claim
}

const freeTries = 3
const longestWaitMs = 60_000

export const startPairing = (
  clock: Pick<Clock, 'monotonicMs'>,
  onNewCode: (code: string) => void = () => {},
): Pairing => {
  let code = newCode()
  let wrongTries = 0
  let openAtMs = 0
  return {
    code: () => code,
    claim: (guess) => {
      const waitMs = openAtMs - clock.monotonicMs()
      if (waitMs > 0) return {kind: 'wait', seconds: Math.ceil(waitMs / 1000)}
      if (!isSame(digitsOf(guess), digitsOf(code))) {
        wrongTries += 1
        openAtMs = clock.monotonicMs() + waitAfter(wrongTries)
        return {kind: 'wrong'}
      }
      code = newCode()
      wrongTries = 0
      onNewCode(code)
      return {kind: 'paired'}
    },
  }
}

/** How long nobody may try after so many wrong tries: 0, 0, 1 s, 2 s, 4 s, … 60 s. */
export const waitAfter = (wrongTries: number): number =>
  wrongTries < freeTries ? 0 : Math.min(longestWaitMs, 1000 * 2 ** (wrongTries - freeTries))

const newCode = (): string => {
  const digits = String(randomInt(100_000_000)).padStart(8, '0')
  return `${digits.slice(0, 4)} ${digits.slice(4)}`
}

const digitsOf = (text: string): string => text.replace(/[\s-]/g, '')
