import type {Reading} from './reading.ts'

/** A reading in one line, numbers with their units. What was not measured is left out. */
export const describeReading = (reading: Reading): string =>
  [
    new Date(reading.atMs).toISOString().slice(11, 19),
    ...Object.entries(reading.temperaturesC).map(([zone, c]) => `${zone} ${c.toFixed(1)} °C`),
    withUnit('CPU', reading.cpuLoad, percent),
    reading.gpuPower === 'off' ? 'GPU off' : withUnit('GPU', reading.gpuLoad, percent),
    withUnit('GPU clock', reading.gpuFrequencyHz, (hz) => `${Math.round(hz / 1e6)} MHz`),
    withUnit(
      'memory free',
      reading.memoryAvailableBytes,
      (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`,
    ),
    withUnit('fan', reading.fanShare, percent),
    ...Object.entries(reading.powersW).map(([rail, watts]) => `${rail} ${watts.toFixed(2)} W`),
    reading.powerMode,
    ...reading.alarms,
  ]
    .filter((part) => part !== undefined)
    .join('  ')

const percent = (share: number): string => `${Math.round(100 * share)} %`

const withUnit = (
  name: string,
  value: number | undefined,
  show: (value: number) => string,
): string | undefined => (value === undefined ? undefined : `${name} ${show(value)}`)
