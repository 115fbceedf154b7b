import {seededRandom} from '../../base/random.ts'
import type {Model} from '../model.ts'
import type {Gather} from './batches.ts'
import type {Meter} from './meter.ts'
import type {Rhythm} from './rhythm.ts'

/** Means over an epoch's pictures, each seen with the parameters of its moment. */
export type Learned =
  | {readonly kind: 'learned'; readonly loss: number; readonly accuracy: number}
  | {readonly kind: 'diverged'; readonly step: number}

/** Goes once through the training pictures in an order drawn for this epoch. Epochs count from 1. */
export type LearnEpoch = (epoch: number) => Promise<Learned>

export const createLearner = (options: {
  readonly model: Model
  readonly batch: number
  readonly seed: number
  readonly pictures: Uint32Array
  readonly gather: Gather
  readonly rhythm: Rhythm
  readonly meter: Meter
}): LearnEpoch => {
  const {model, batch, seed, pictures, gather, rhythm, meter} = options

  /** One step of the optimizer, in pieces whose gradients add up to the batch's. */
  const learnBatch = async (chosen: Uint32Array) => {
    const tally = {loss: 0, correct: 0}
    await rhythm.inPieces(chosen, (piece) => {
      const samples = gather(piece)
      const {loss, predicted} = model.learn(samples, 1 / chosen.length)
      tally.loss += loss
      for (const [i, label] of samples.labels.entries()) {
        if (label === predicted[i]) tally.correct++
      }
      meter.add(piece.length)
    })
    model.update()
    return tally
  }

  return async (epoch) => {
    const order = seededRandom(seed, 'order', epoch).shuffle(pictures.slice())
    let loss = 0
    let correct = 0
    meter.start()
    for (let start = 0, step = 1; start < order.length; start += batch, step++) {
      const tally = await learnBatch(order.subarray(start, start + batch))
      meter.endStep()
      if (!Number.isFinite(tally.loss)) return {kind: 'diverged', step}
      loss += tally.loss
      correct += tally.correct
    }
    meter.stop()
    return {kind: 'learned', loss: loss / order.length, accuracy: correct / order.length}
  }
}
