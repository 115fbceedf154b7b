/** The device's side of the API as JSON; studies and trials look as they do in exports. Pure. */
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'

/** A reading under its own names, in the API's spelling: `temperaturesC` is `temperatures_c`. */
export const readingResource = (reading: Reading) => withSnakeKeys(reading)

export const orderResource = ({atMs, pace, reason}: Order) => ({
  at_ms: atMs,
  micro_batch: pace.microBatch,
  pause_ms: pace.pauseMs,
  reason,
})

export const datasetResource = (dataset: DatasetSummary) => ({...dataset})

/** The machine, what it does and its last reading. */
export const deviceResource = (
  machine: Machine,
  activity: string,
  reading: Reading | undefined,
) => ({
  id: 'this',
  ...machine,
  activity,
  reading: reading ? readingResource(reading) : null,
})

const withSnakeKeys = (record: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
