/** The sensors of a Linux board by the kernel's own files; on a Jetson also GPU, rails, fan and power mode. No root needed. */
import type {Clock} from '../base/clock.ts'
import {type CpuMemory, findCpu} from './cpu.ts'
import {type DeviceFiles, textOf} from './device-files.ts'
import {findFan} from './fan.ts'
import {openGauges} from './gauges.ts'
import {findGpu, findGpuFrequencies} from './gpu.ts'
import {findMemory} from './memory.ts'
import {findOverCurrent, type OverCurrentMemory} from './over-current.ts'
import {given, parseL4t, parseMemory} from './parse.ts'
import type {Measured, Part} from './part.ts'
import {findPowerMode} from './power-mode.ts'
import {findRails} from './rails.ts'
import type {Machine, Reading} from './reading.ts'
import {findCooling, findPassiveTripC, findTemperatures} from './thermal.ts'

/** A board's sensors, which answer at once or block. */
export interface Board {
  readonly machine: () => Machine
  /** Loads are differences between two readings: the first has none. */
  readonly read: () => Reading
}

/** Sensors come late and vanish: at the latest after so long they are looked for anew. */
const searchEveryMs = 30_000

/** Where sensors are listed. A list that changes starts the next search. */
const lists = [
  '/sys/class/thermal',
  '/sys/class/hwmon',
  '/sys/class/devfreq',
  '/sys/bus/i2c/devices',
]

export const openBoard = (files: DeviceFiles, clock: Clock): Board => {
  const gauges = openGauges(files)
  const cpu: CpuMemory = {}
  const overCurrent: OverCurrentMemory = {counts: new Map()}
  let search:
    | {readonly parts: readonly Part[]; readonly atMs: number; readonly listed: string}
    | undefined

  const partsNow = (): readonly Part[] => {
    const atMs = clock.monotonicMs()
    const listed = lists.map((folder) => files.list(folder).join()).join(';')
    if (search && listed === search.listed && atMs - search.atMs < searchEveryMs)
      return search.parts
    const parts = [
      findTemperatures(files),
      findCooling(files),
      findCpu(files, cpu),
      findGpu(files),
      findMemory(files),
      findRails(files),
      findOverCurrent(files, clock, overCurrent),
      findFan(files),
      findPowerMode(files),
    ]
    search = {parts, atMs, listed}
    return parts
  }

  /** The sensors that were missing at the last look: where others are, they may have moved. */
  let missing = ''
  const read = (): Reading => {
    const measured = partsNow().map((part) => part(gauges))
    const unavailable = gauges.takeReasons()
    const missingNow = Object.keys(unavailable).join()
    if (missingNow !== missing) search = undefined
    missing = missingNow
    return readingOf(clock.nowMs(), measured, unavailable)
  }
  return {machine: () => readMachine(files), read}
}

/** Whether the files are those of a Jetson. */
const isJetson = (files: DeviceFiles): boolean =>
  /nvidia,(jetson|tegra|p[23]\d{3})/.test(textOf(files, '/proc/device-tree/compatible') ?? '')

const readMachine = (files: DeviceFiles): Machine => {
  const jetson = isJetson(files)
  const cpuinfo = textOf(files, '/proc/cpuinfo') ?? ''
  // `0-3`: four of them, whether the power mode has them switched on or not.
  const lastCpu = /(\d{1,4})$/.exec(textOf(files, '/sys/devices/system/cpu/possible') ?? '')?.[1]
  return {
    model:
      printable(files, '/proc/device-tree/model') ?? (jetson ? 'NVIDIA Jetson' : 'Linux board'),
    kind: jetson ? 'jetson' : 'linux',
    cpu: /^model name\s*: ([\x20-\x7e]{1,80})$/m.exec(cpuinfo)?.[1] ?? 'unknown',
    cores: 1 + Number(lastCpu ?? 0),
    memoryBytes: parseMemory(textOf(files, '/proc/meminfo') ?? '')?.totalBytes ?? 0,
    measuresPower: Object.keys(findRails(files)(openGauges(files)).powersW ?? {}).length > 0,
    ...given<Partial<Machine>>({
      passiveTripC: findPassiveTripC(files),
      gpuFrequenciesHz: findGpuFrequencies(files),
      l4t: parseL4t(textOf(files, '/etc/nv_tegra_release') ?? ''),
    }),
  }
}

const printable = (files: DeviceFiles, path: string): string | undefined =>
  /^[\x20-\x7e]{1,80}$/.exec(textOf(files, path) ?? '')?.[0]

const readingOf = (
  atMs: number,
  measured: readonly Measured[],
  unavailable: Readonly<Record<string, string>>,
): Reading => {
  const {
    temperaturesC = {},
    powersW = {},
    voltagesV = {},
    currentsA,
    coolingStates,
    alarms: _,
    ...others
  } = Object.assign({}, ...measured) as Measured // what was measured, put together
  return {
    atMs,
    temperaturesC,
    ...others,
    powersW,
    voltagesV,
    ...given<Partial<Reading>>({
      currentsA: filled(currentsA),
      coolingStates: filled(coolingStates),
      unavailable: filled(unavailable),
    }),
    alarms: measured.flatMap(({alarms = []}) => alarms),
  }
}

const filled = <T extends object>(record: T | undefined): T | undefined =>
  record && Object.keys(record).length > 0 ? record : undefined
