import {lawOf, possibleRange} from './distribution.ts'
import type {Distribution} from './space.ts'

/** The values of a distribution in words: `a number from 0 to 1`, `a multiple of 16 from 16 to 256`. */
export const expectedWords = (distribution: Distribution): string => {
  const law = lawOf(distribution)
  if (law.kind === 'unordered') {
    return `a whole number from ${law.first} to ${law.first + law.probabilities.length - 1}`
  }
  const [lowest, highest] = possibleRange(law)
  const kind =
    law.step === undefined
      ? 'a number'
      : law.step === 1
        ? 'a whole number'
        : `a multiple of ${law.step}`
  const isOpen = highest === Number.MAX_VALUE
  if (!isOpen) return `${kind} from ${lowest} to ${highest}`
  if (lowest === -Number.MAX_VALUE) return kind
  return `${kind} ${lowest === 0 ? 'from 0' : 'above 0'}`
}
