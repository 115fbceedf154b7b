/**
 * The codes that let a browser in: one a role. Whoever knows one is let in; whoever guesses waits.
 *
 * A short code can be typed and therefore guessed, so tries at it are limited twice. Each address waits longer and longer
 * by its own wrong tries: one guesser makes nobody else wait. All addresses together have an allowance, so that many
 * addresses get no further than a few: 60 tries, and one more each minute, which is a chance of 0.5 % a year and code.
 * While somebody uses that up, short codes wait for everybody. The long code in the link and QR code of `simmer pair`
 * never waits, for nobody can guess it: so nobody locks the owner out.
 */
import {randomBytes, randomInt} from 'node:crypto'
import type {Clock} from '../../daemon/base/clock.ts'
import {isSame} from './secrets.ts'
import {type Role, roles} from './visitor.ts'

type Claim =
  | {readonly kind: 'paired'; readonly role: Role}
  | {readonly kind: 'wrong'}
  /** `because` of the wrong tries from this address, or of those from all together. */
  | {readonly kind: 'wait'; readonly seconds: number; readonly because: 'address' | 'all'}

export interface Pairing {
  /** Eight digits, the code of now: `4821 0937`. Once claimed it is never good again. */
  readonly code: (role: Role) => string
  /** What stands in its place in a link: too long to guess, good as long as the code. */
  readonly linkCode: (role: Role) => string
  readonly claim: (guess: string, address: string) => Claim
  /** Makes every code that was told so far worthless. */
  readonly renew: () => void
}

type Listeners = {
  readonly onPaired?: (role: Role) => void
  /** So many wrong tries from one address that it is no slip of the fingers. */
  readonly onGuessing?: (address: string, wrongTries: number) => void
}

type Codes = {readonly short: string; readonly long: string}
type Tries = {readonly wrong: number; readonly lastAtMs: number}

const freeTries = 3
const longestWaitMs = 10 * 60_000
const suspiciousTries = 10
const rememberMs = 24 * 3_600_000
const allowedTries = 60
const newTryEveryMs = 60_000

export const startPairing = (
  clock: Pick<Clock, 'monotonicMs'>,
  {onPaired, onGuessing}: Listeners = {},
): Pairing => {
  // A role that nobody has asked the code of has none to guess.
  const codes = new Map<Role, Codes>()
  // No more addresses than the allowance has let try.
  const triesByAddress = new Map<string, Tries>()
  let allowance = {tries: allowedTries, atMs: clock.monotonicMs()}

  const codesOf = (role: Role): Codes => {
    const known = codes.get(role)
    if (known) return known
    const made = newCodes([...codes.values()])
    codes.set(role, made)
    return made
  }
  /** Looks at every code, also after the right one: the time it takes tells nothing. */
  const roleBy = (kind: keyof Codes, guess: string): Role | undefined =>
    roles.filter((role) => isSame(guess, codes.get(role)?.[kind].replace(' ', '') || noCode))[0]
  const letIn = (role: Role, address: string): Claim => {
    codes.delete(role)
    triesByAddress.delete(address)
    onPaired?.(role)
    return {kind: 'paired', role}
  }
  const noteWrong = (address: string, nowMs: number) => {
    for (const [other, {lastAtMs}] of triesByAddress) {
      if (nowMs - lastAtMs > rememberMs) triesByAddress.delete(other)
    }
    const wrong = (triesByAddress.get(address)?.wrong ?? 0) + 1
    triesByAddress.set(address, {wrong, lastAtMs: nowMs})
    allowance = {tries: allowance.tries - 1, atMs: nowMs}
    if (wrong % suspiciousTries === 0) onGuessing?.(address, wrong)
  }

  return {
    code: (role) => codesOf(role).short,
    linkCode: (role) => codesOf(role).long,
    renew: () => codes.clear(),
    claim: (typed, address) => {
      const guess = typed.replace(/[\s-]/g, '')
      const invited = roleBy('long', guess)
      if (invited) return letIn(invited, address)

      const nowMs = clock.monotonicMs()
      const tries = triesByAddress.get(address)
      const waitMs = tries ? tries.lastAtMs + waitAfter(tries.wrong) - nowMs : 0
      if (waitMs > 0) return {kind: 'wait', seconds: secondsOf(waitMs), because: 'address'}
      allowance = grown(allowance, nowMs)
      if (allowance.tries < 1) {
        const missingMs = (1 - allowance.tries) * newTryEveryMs
        return {kind: 'wait', seconds: secondsOf(missingMs), because: 'all'}
      }
      const role = roleBy('short', guess)
      if (role) return letIn(role, address)
      noteWrong(address, nowMs)
      return {kind: 'wrong'}
    },
  }
}

/** How long an address may not try after so many wrong tries: 0, 0, 1 s, 2 s, 4 s, … 10 min. */
export const waitAfter = (wrongTries: number): number =>
  wrongTries < freeTries ? 0 : Math.min(longestWaitMs, 1000 * 2 ** (wrongTries - freeTries))

const grown = (allowance: {readonly tries: number; readonly atMs: number}, nowMs: number) => ({
  tries: Math.min(allowedTries, allowance.tries + (nowMs - allowance.atMs) / newTryEveryMs),
  atMs: nowMs,
})

const secondsOf = (ms: number): number => Math.ceil(ms / 1000)

/** Stands for the code of a role that has none: nobody can send it, for what is sent has no dashes left. */
const noCode = '-'

const newCodes = (others: readonly Codes[]): Codes => {
  const short = newCode()
  return others.some((other) => other.short === short)
    ? newCodes(others)
    : {short, long: randomBytes(12).toString('hex')}
}

const newCode = (): string => {
  const digits = String(randomInt(100_000_000)).padStart(8, '0')
  return `${digits.slice(0, 4)} ${digits.slice(4)}`
}
