/** What the whole product is set to: the environment first, then simmer.yaml in the home folder, then the defaults. */
import type {BackendChoice} from './trials/messages.ts'

export type Config = {
  /** Folder of all state. Absolute. */
  readonly home: string
  readonly host: string
  readonly port: number
  /** Root under which /sys, /proc, /etc and /dev are read. */
  readonly sysfsRoot: string
  /** Folder or URL that holds `<data set>/<file>` in place of the public homes. */
  readonly datasetMirror?: string
  readonly backend: BackendChoice
  readonly limits: Limits
}

/** When the throttle steps in. */
export type Limits = {
  /** Training slows down above it. */
  readonly temperatureC: number
  /** Training stops above it until the device has cooled down. */
  readonly hardTemperatureC: number
  /** Training slows down when less memory than this is available. */
  readonly memoryAvailableBytes: number
}
