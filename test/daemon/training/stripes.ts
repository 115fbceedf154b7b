/** A data set that any network can learn in seconds: level stripes, upright stripes and plain gray, under noise. */
import {seededRandom} from '../../../src/daemon/base/random.ts'
import type {Dataset, LabeledImages} from '../../../src/daemon/datasets/dataset.ts'

export const stripes = (counts: {readonly train: number; readonly test: number}): Dataset => ({
  name: 'stripes',
  classes: ['level', 'upright', 'plain'],
  height: side,
  width: side,
  channels: 1,
  train: images('train', counts.train),
  test: images('test', counts.test),
})

const side = 18

const images = (part: string, count: number): LabeledImages => {
  const random = seededRandom(1, part)
  const labels = Uint8Array.from({length: count}, (_, picture) => picture % 3)
  const pixels = Uint8Array.from({length: count * side * side}, (_, i) => {
    const picture = Math.floor(i / (side * side))
    const row = Math.floor(i / side) % side
    const column = i % side
    const stripe = [row % 4, column % 4, 2][labels[picture]]
    return 60 + 40 * stripe + random.integer(0, 40)
  })
  return {pixels, labels}
}
