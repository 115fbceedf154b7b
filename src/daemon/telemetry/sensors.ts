/** What the machine's sensors say. Reads only, and shows nothing that was not measured; what to do about it is not its business. */
import type {Clock} from '../base/clock.ts'
import {openDeviceFiles} from './device-files.ts'
import type {Machine, Reading} from './reading.ts'
import {isJetson, openSysfs} from './sysfs.ts'
import {openSystem} from './system.ts'

export interface Sensors {
  readonly machine: Machine
  /** Loads are differences between two readings: the first has none. */
  readonly read: () => Promise<Reading>
}

/** A Jetson and a recorded device are read by their files, any other computer through systeminformation. */
export const openSensors = async (options: {
  readonly sysfsRoot: string
  readonly clock: Clock
}): Promise<Sensors> => {
  const files = openDeviceFiles(options.sysfsRoot)
  const byFiles = options.sysfsRoot !== '/' || (await isJetson(files))
  return byFiles ? openSysfs(files, options.clock) : openSystem(options.clock)
}
