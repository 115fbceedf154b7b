/** The device's side of the API as JSON; studies and trials look as they do in exports. Pure. */
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import {readingJson} from '../../daemon/telemetry/reading-json.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'

export const orderResource = ({atMs, pace, reason}: Order) => ({
  at_ms: atMs,
  micro_batch: pace.microBatch,
  duty: pace.duty,
  reason,
})

export const datasetResource = (dataset: DatasetSummary) => ({...dataset})

/** The machine, what it does and its last reading. */
export const deviceResource = (
  {measuresPower, memoryBytes, ...machine}: Machine,
  activity: string,
  reading: Reading | undefined,
) => ({
  id: 'this',
  ...machine,
  memory_bytes: memoryBytes,
  measures_power: measuresPower,
  activity,
  reading: reading ? readingJson(reading) : null,
})
