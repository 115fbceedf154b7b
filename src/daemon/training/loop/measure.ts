import type {Model} from '../model.ts'
import type {Gather} from './batches.ts'
import type {Rhythm} from './rhythm.ts'

/** How well a network does on some pictures. */
export type Measurement = {
  /** Mean over the pictures. */
  readonly loss: number
  readonly accuracy: number
  /** Row: the true class; column: the predicted one. */
  readonly confusion: readonly (readonly number[])[]
}

export const measure = async (
  model: Pick<Model, 'measure'>,
  gather: Gather,
  pictures: Uint32Array,
  classCount: number,
  rhythm: Rhythm,
): Promise<Measurement> => {
  const confusion = Array.from({length: classCount}, () => new Array<number>(classCount).fill(0))
  let loss = 0
  await rhythm.inPieces(pictures, (piece) => {
    const samples = gather(piece)
    const verdict = model.measure(samples)
    loss += verdict.loss
    for (const [i, label] of samples.labels.entries()) confusion[label][verdict.predicted[i]]++
  })
  const correct = confusion.reduce((sum, row, label) => sum + row[label], 0)
  return {loss: loss / pictures.length, accuracy: correct / pictures.length, confusion}
}
