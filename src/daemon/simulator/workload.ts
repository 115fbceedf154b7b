/** The trials of a study, one after the other, as a device feels them. */
import {seededRandom} from '../base/random.ts'

export type SimulatedTrial = {
  readonly batch: number
  /** How heavy its network is: time of a sample, and power, each 1 for the usual one. */
  readonly sampleTime: number
  readonly power: number
  /** How long it takes at full speed. */
  readonly fullSpeedS: number
}

const batches = [32, 64, 128, 256]

/** The trial with that number: two to six minutes of work, with a batch and a network of its own. The same on each call. */
export const trialOf = (seed: number, number: number): SimulatedTrial => {
  const random = seededRandom(seed, 'trial', number)
  return {
    batch: batches[random.integer(0, batches.length)],
    sampleTime: 0.7 + 0.6 * random.uniform(),
    power: 0.95 + 0.1 * random.uniform(),
    fullSpeedS: random.integer(120, 360),
  }
}
