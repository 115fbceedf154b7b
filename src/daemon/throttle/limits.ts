import {fullPace} from './pace.ts'

/** When the throttle steps in. */
export type Limits = {
  /** Training is kept below it. */
  readonly temperatureC: number
  /** Training stops above it until the device has cooled down. */
  readonly hardTemperatureC: number
  /** Training takes smaller micro-batches when less memory than this is available, and stops at half of it. */
  readonly memoryAvailableBytes: number
  /** The most that the whole board may take; absent where nobody said so. */
  readonly powerW?: number
  /** What training begins with until it is seen what a larger micro-batch does to memory and supply. */
  readonly firstMicroBatch: number
}

/** The kernel slows the machine down at its passive trip point: both temperatures stay this far below it. */
const belowTripC = 10
/** The hard limit is above the other, or the one would never be reached. */
const leastGapC = 2

/** A small board's memory and supply are felt out from here; any other computer bears what a study asks for. */
const firstOnBoard = 16

/** The limits as they hold on that machine; the kernel of it steps in at `passiveTripC`, where that is known. */
export const limitsOn = (
  {passiveTripC, kind}: {readonly passiveTripC?: number; readonly kind: string},
  asked: Omit<Limits, 'firstMicroBatch'>,
): Limits => {
  const trip = passiveTripC ?? Number.POSITIVE_INFINITY
  const hardTemperatureC = Math.min(asked.hardTemperatureC, trip - belowTripC)
  return {
    ...asked,
    hardTemperatureC,
    temperatureC: Math.min(asked.temperatureC, hardTemperatureC - leastGapC),
    firstMicroBatch: kind === 'jetson' ? firstOnBoard : fullPace.microBatch,
  }
}
