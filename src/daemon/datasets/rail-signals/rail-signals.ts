/** The built-in data set: railway signals and signs, drawn the same on every machine, without a network. */
import {setImmediate as yieldToOthers} from 'node:timers/promises'
import {seededRandom} from '../../base/random.ts'
import {ok, type Result, refuse} from '../../base/result.ts'
import type {Dataset, LabeledImages} from '../dataset.ts'
import {photograph, side} from './scene.ts'
import {signs} from './signs.ts'

/** Another seed would be another data set: results could not be compared any more. */
const seed = 1835

/** Draws `trainCount` and `testCount` pictures, as many of each class as of any other. */
export const drawRailSignals = async (order: {
  readonly set: {readonly name: string; readonly trainCount: number; readonly testCount: number}
  readonly report: (done: number, total: number) => void
  readonly signal?: AbortSignal
}): Promise<Result<Dataset>> => {
  const {name, trainCount, testCount} = order.set
  const total = trainCount + testCount
  const drawPart = async (part: string, count: number, before: number): Promise<LabeledImages> => {
    const images = emptyImages(count)
    for (let index = 0; index < count && !order.signal?.aborted; index++) {
      drawInto(images, index, part)
      // In small portions, so that the daemon goes on answering.
      if (index % 50 === 49) {
        order.report(before + index + 1, total)
        await yieldToOthers()
      }
    }
    return images
  }
  const train = await drawPart('train', trainCount, 0)
  const test = await drawPart('test', testCount, trainCount)
  if (order.signal?.aborted) return refuse('it was interrupted.')
  const classes = Object.keys(signs)
  return ok({name, classes, height: side, width: side, channels: 3, train, test})
}

const emptyImages = (count: number): LabeledImages => ({
  pixels: new Uint8Array(count * side * side * 3),
  labels: new Uint8Array(count),
})

const drawInto = (images: LabeledImages, index: number, part: string): void => {
  const all = Object.values(signs)
  const label = index % all.length
  const random = seededRandom(seed, 'rail-signals', part, index)
  images.labels[index] = label
  images.pixels.set(photograph(all[label](random), random), index * side * side * 3)
}
