/** Machines and readings for people, numbers with their units. What was not measured is left out. Pure. */
import type {Machine, Reading} from './reading.ts'

/** `NVIDIA Jetson Nano Developer Kit, L4T 32.7.1, 4 cores, 3.9 GiB` */
export const describeMachine = ({model, l4t, cores, memoryBytes}: Machine): string =>
  [
    model,
    l4t && `L4T ${l4t}`,
    cores === 1 ? '1 core' : `${cores} cores`,
    memoryBytes > 0 && `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`,
  ]
    .filter(Boolean)
    .join(', ')

/** A reading in full, a line for each kind of sensors. */
export const describeReading = (reading: Reading): readonly string[] => {
  const rows: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['time', [timeOf(reading)]],
    [
      'temperatures',
      Object.entries(reading.temperaturesC).map(([zone, c]) => `${zone} ${c.toFixed(1)} °C`),
    ],
    ['CPU', [shown(reading.cpuLoad, percent), shown(reading.cpuFrequencyHz, megahertz)]],
    ['GPU', gpuWords(reading)],
    ['memory', memoryWords(reading)],
    [
      'swap',
      [
        shown(reading.swapUsedBytes, (used) => ofWhole(used, reading.swapTotalBytes)),
        shown(
          reading.zramUsedBytes || undefined,
          (bytes) => `compressed to ${mebibytes(bytes)} of memory`,
        ),
      ],
    ],
    ['power', Object.keys(reading.voltagesV).map((rail) => railWords(rail, reading))],
    ['fan', [shown(reading.fanShare, percent), shown(reading.fanRpm, (rpm) => `${rpm} rpm`)]],
    ['power mode', [reading.powerMode]],
    [
      'cooling',
      Object.entries(reading.coolingStates ?? {}).map(([device, state]) => `${device} ${state}`),
    ],
    ...notesOf(reading).map(([kind, note]) => [kind, [note]] as const),
  ]
  return rows
    .map(([name, words]) => [name, words.filter((word) => word !== undefined)] as const)
    .filter(([, words]) => words.length > 0)
    .map(([name, words]) => `${name.padEnd(13)} ${words.join(', ')}`)
}

/** What a person should know beside the numbers: alarms, and sensors that fail. */
export const notesOf = ({
  alarms,
  unavailable = {},
}: Reading): readonly (readonly ['alarm' | 'unavailable', string])[] => [
  ...alarms.map((alarm) => ['alarm', alarm] as const),
  ...Object.entries(unavailable).map(([name, why]) => ['unavailable', `${name} ${why}`] as const),
]

/** The time of day of a reading, in UTC. */
export const timeOf = ({atMs}: Reading): string => new Date(atMs).toISOString().slice(11, 19)

const gpuWords = (reading: Reading): readonly (string | undefined)[] =>
  reading.gpuPower === 'off'
    ? ['off']
    : [
        shown(reading.gpuLoad, percent),
        shown(reading.gpuFrequencyHz, (hz) =>
          reading.gpuMaxFrequencyHz === undefined
            ? megahertz(hz)
            : `${Math.round(hz / 1e6)} of ${megahertz(reading.gpuMaxFrequencyHz)}`,
        ),
        reading.gpuGovernor,
      ]

const memoryWords = (reading: Reading): readonly (string | undefined)[] => [
  shown(
    reading.memoryAvailableBytes,
    (free) => `${ofWhole(free, reading.memoryTotalBytes)} available`,
  ),
  shown(reading.gpuMemoryBytes, (bytes) => `the GPU holds ${mebibytes(bytes)}`),
  shown(reading.emcLoad, (share) => `bus ${percent(share)}`),
  shown(reading.memoryPressure, (share) => `pressure ${percent(share)}`),
]

const railWords = (rail: string, {powersW, voltagesV, currentsA = {}}: Reading): string =>
  [
    rail,
    shown(powersW[rail], (watts) => `${watts.toFixed(2)} W`),
    shown(voltagesV[rail], (volts) => `${volts.toFixed(2)} V`),
    shown(currentsA[rail], (amperes) => `${amperes.toFixed(2)} A`),
  ]
    .filter((word) => word !== undefined)
    .join(' ')

const shown = (value: number | undefined, show: (value: number) => string): string | undefined =>
  value === undefined ? undefined : show(value)

const percent = (share: number): string => `${Math.round(100 * share)} %`

const megahertz = (hz: number): string => `${Math.round(hz / 1e6)} MHz`

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

const ofWhole = (bytes: number, whole: number | undefined): string =>
  whole === undefined ? mebibytes(bytes) : `${Math.round(bytes / 2 ** 20)} of ${mebibytes(whole)}`
