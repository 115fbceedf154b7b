import {setTimeout as sleep} from 'node:timers/promises'
import type {Reading} from './reading.ts'
import type {Sensors} from './sensors.ts'

const intervalMs = 1_000

/** Reads the sensors at once, then once a second until it is stopped. A slow reading delays the next; two never overlap. */
export const startSampler = (options: {
  readonly sensors: Sensors
  readonly onReading: (reading: Reading) => void
}): {readonly stop: () => Promise<void>} => {
  const stopping = new AbortController()
  const {signal} = stopping
  const work = async () => {
    while (!signal.aborted) {
      const resting = rest(signal)
      const reading = await options.sensors.read()
      if (!signal.aborted) options.onReading(reading)
      await resting
    }
  }
  const done = work()
  return {
    stop: () => {
      stopping.abort()
      return done
    },
  }
}

const rest = (signal: AbortSignal): Promise<void> =>
  sleep(intervalMs, undefined, {signal}).catch(() => {
    // Woken to stop.
  })
