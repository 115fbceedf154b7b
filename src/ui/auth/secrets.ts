/** Random secrets, and comparing them without telling by the time it takes how much of a guess was right. */
import {createHash, randomBytes, timingSafeEqual} from 'node:crypto'

/** 256 random bits in a form that fits cookies and headers. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is kept of a secret that we only need to recognize. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export const isSame = (guess: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(hashOf(guess)), Buffer.from(hashOf(secret)))
