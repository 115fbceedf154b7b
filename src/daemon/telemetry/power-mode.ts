import {type DeviceFiles, textOf} from './device-files.ts'
import {given, parsePowerMode} from './parse.ts'
import type {Part} from './part.ts'
import type {Reading} from './reading.ts'

/** The power mode of a Jetson, by its name: `MAXN`, `5W`. */
export const findPowerMode = (files: DeviceFiles): Part => {
  const modes = textOf(files, '/etc/nvpmodel.conf') ?? ''
  return ({measure}) =>
    given<Partial<Reading>>({
      powerMode: measure('power mode', '/var/lib/nvpmodel/status', (status) =>
        parsePowerMode(status, modes),
      ),
    })
}
