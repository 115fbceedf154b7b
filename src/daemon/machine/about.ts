/** Plain words about the box: what trains, whether its supply holds, its memory, its last stop. Nothing that was not measured. */
import type {LastStop} from '../storage/home.ts'
import type {Reading} from '../telemetry/reading.ts'
import {lastStopRemarks} from './last-stop.ts'
import {memoryRemarks} from './memory.ts'
import {type Processor, processorRemark, testedSpeed} from './processor.ts'
import type {Remark} from './remark.ts'
import {supplyRemarks, unseenSupply, watchSupply} from './supply.ts'

export interface AboutMachine {
  /** To be told of every reading. */
  readonly observe: (reading: Reading) => void
  readonly remarks: () => readonly Remark[]
  /** From the speed test; absent where none was made. */
  readonly testedSamplesPerSecond: number | undefined
}

export const openAboutMachine = (known: {
  readonly processor: Processor
  readonly lastStop: LastStop
  /** How often the kernel has noted over-current since it started; undefined where its log may not be read. */
  readonly overCurrents: () => number | undefined
}): AboutMachine => {
  let supply = unseenSupply
  let latest: Reading | undefined
  return {
    observe: (reading) => {
      supply = watchSupply(supply, reading)
      latest = reading
    },
    testedSamplesPerSecond: testedSpeed(known.processor),
    remarks: () => [
      processorRemark(known.processor),
      ...supplyRemarks(supply, known.overCurrents()),
      ...memoryRemarks(latest),
      ...lastStopRemarks(known.lastStop),
    ],
  }
}
