/** When the throttle steps in. */
export type Limits = {
  /** Training slows down above it. */
  readonly temperatureC: number
  /** Training stops above it until the device has cooled down. */
  readonly hardTemperatureC: number
  /** Training slows down when less memory than this is available. */
  readonly memoryAvailableBytes: number
}
