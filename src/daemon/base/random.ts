import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64'
import {uniformInt} from 'pure-rand/distribution/uniformInt'
import {xoroshiro128plus} from 'pure-rand/generator/xoroshiro128plus'

/** A seeded stream of chance. The same seed and labels give the same stream on every machine. */
export interface Rng {
  /** Uniform in [0, 1), with 53 random bits. */
  readonly uniform: () => number
  /** A whole number in [low, high). */
  readonly integer: (low: number, high: number) => number
  /** Standard normal (mean 0, standard deviation 1). */
  readonly normal: () => number
  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  readonly shuffle: <T extends {length: number; [index: number]: unknown}>(items: T) => T
}

/**
 * A stream for one purpose: `seededRandom(study.seed, 'weights', trial)`. Streams with different labels are independent
 * of each other and of the order in which they are made.
 */
export const seededRandom = (seed: number, ...labels: readonly (string | number)[]): Rng => {
  const generator = xoroshiro128plus(hashOf([seed, ...labels].join('\u0000')))
  const uniform = () => uniformFloat64(generator)
  const integer = (low: number, high: number) => uniformInt(generator, low, high - 1)
  return {
    uniform,
    integer,
    // Box-Muller; 1 - u keeps the logarithm away from 0.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(0, i + 1)
        const held = items[i]
        items[i] = items[j]
        items[j] = held
      }
      return items
    },
  }
}

/** A 32-bit seed from the labels of a stream, for libraries that take a number. */
export const derivedSeed = (seed: number, ...labels: readonly (string | number)[]): number =>
  hashOf([seed, ...labels].join('\u0000'))

/** FNV-1a over UTF-16 code units, finished with murmur3's mixer so that near labels give far seeds. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  return hash >>> 0
}
