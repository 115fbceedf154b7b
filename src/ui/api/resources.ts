/** The device's side of the API as JSON; studies and trials look as they do in exports. Pure. */
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import {machineJson, readingJson} from '../../daemon/telemetry/reading-json.ts'
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
  machine: Machine,
  activity: string,
  reading: Reading | undefined,
) => ({
  id: 'this',
  ...machineJson(machine),
  activity,
  reading: reading ? readingJson(reading) : null,
})
