import {seededRandom} from '../../base/random.ts'
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import {initialParameters} from '../network/initial-parameters.ts'
import type {LoadedNetwork, Network} from '../network/network.ts'
import type {Gather} from './batches.ts'
import type {Meter} from './meter.ts'
import type {Rhythm} from './rhythm.ts'
import {createUpdateRule} from './update-rules.ts'

/** A network in training, with the parameters it has come to. */
export interface Learner {
  /** Goes once through the training pictures in an order drawn for this epoch. Epochs count from 1. */
  readonly learnEpoch: (epoch: number) => Promise<Learned>
  /** Lends the network with its present parameters. */
  readonly use: <T>(work: (network: LoadedNetwork) => Promise<T>) => Promise<T>
}

/** Means over an epoch's pictures, each seen with the parameters of its moment. */
export type Learned =
  | {readonly kind: 'learned'; readonly loss: number; readonly accuracy: number}
  | {readonly kind: 'diverged'; readonly step: number}

export const createLearner = (options: {
  readonly network: Network
  readonly setting: LenetSetting
  readonly seed: number
  readonly pictures: Uint32Array
  readonly gather: Gather
  readonly rhythm: Rhythm
  readonly meter: Meter
}): Learner => {
  const {network, setting, seed, pictures, gather, rhythm, meter} = options
  const parameters = initialParameters(network, setting.activation, seed)
  const gradients = new Float32Array(network.parameterCount)
  const update = createUpdateRule(setting, network.parameterCount, network.weightCount)

  const use: Learner['use'] = async (work) => {
    const loaded = network.load(parameters)
    try {
      return await work(loaded)
    } finally {
      loaded.dispose()
    }
  }

  /** One step of the optimizer, in pieces whose gradients add up to the batch's. */
  const learnBatch = (batch: Uint32Array) =>
    use(async (loaded) => {
      const tally = {loss: 0, correct: 0}
      gradients.fill(0)
      await rhythm.inPieces(batch, (piece) => {
        const samples = gather(piece)
        const {loss, predicted} = loaded.learn(samples, 1 / batch.length, gradients)
        tally.loss += loss
        for (const [i, label] of samples.labels.entries()) {
          if (label === predicted[i]) tally.correct++
        }
        meter.add(piece.length)
      })
      update(parameters, gradients)
      return tally
    })

  return {
    use,
    learnEpoch: async (epoch) => {
      const order = seededRandom(seed, 'order', epoch).shuffle(pictures.slice())
      let loss = 0
      let correct = 0
      meter.start()
      for (let start = 0, step = 1; start < order.length; start += setting.batch, step++) {
        const tally = await learnBatch(order.subarray(start, start + setting.batch))
        meter.endStep()
        if (!Number.isFinite(tally.loss)) return {kind: 'diverged', step}
        loss += tally.loss
        correct += tally.correct
      }
      meter.stop()
      return {kind: 'learned', loss: loss / order.length, accuracy: correct / order.length}
    },
  }
}
