/** The device's side of the API as JSON; studies and trials look as they do in exports. Pure. */
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import type {Remark} from '../../daemon/machine/remark.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import {machineJson, readingJson} from '../../daemon/telemetry/reading-json.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'

export const orderResource = ({atMs, pace, reason}: Order) => ({
  at_ms: atMs,
  micro_batch: pace.microBatch,
  duty: pace.duty,
  reason,
})

export const datasetResource = ({trainCount, ...dataset}: DatasetSummary) => ({
  ...dataset,
  train_count: trainCount,
})

const remarkResource = ({isGood, ...remark}: Remark) => ({...remark, is_good: isGood})

/** The machine, what it does, what is to be said of it and its last reading. */
export const deviceResource = (
  machine: Machine,
  activity: string,
  remarks: readonly Remark[],
  reading: Reading | undefined,
) => ({
  id: 'this',
  ...machineJson(machine),
  activity,
  remarks: remarks.map(remarkResource),
  reading: reading ? readingJson(reading) : null,
})
