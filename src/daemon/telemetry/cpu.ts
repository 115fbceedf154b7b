import type {DeviceFiles} from './device-files.ts'
import {
  type CpuTimes,
  given,
  loadBetween,
  parseCpuTimes,
  parseFrequencyHz,
  parseWhole,
} from './parse.ts'
import type {Part} from './part.ts'
import type {Reading} from './reading.ts'

const cpus = '/sys/devices/system/cpu'

/** What the processors had done at the last look. */
export type CpuMemory = {times?: CpuTimes}

/** Load of all cores since the last look, and the clock of the fastest. */
export const findCpu = (files: DeviceFiles, memory: CpuMemory): Part => {
  const clocks = findClocks(files)
  return ({measure}) => {
    const times = measure('CPU load', '/proc/stat', parseCpuTimes)
    const cpuLoad = loadBetween(memory.times, times)
    if (times) memory.times = times
    const online = measure('CPUs', `${cpus}/online`, parseRanges)
    const frequenciesHz = clocks
      .filter(({cpu}) => !online || online.some(([first, last]) => cpu >= first && cpu <= last))
      .map(({path}) => measure('CPU clock', path, parseKhz))
      .filter((frequencyHz) => frequencyHz !== undefined)
    return given<Partial<Reading>>({
      cpuLoad,
      cpuFrequencyHz: frequenciesHz.length ? Math.max(...frequenciesHz) : undefined,
    })
  }
}

/**
 * Cores with one clock share a policy, named for the first of them. Kernels without policies have a clock a core; a dozen
 * tell enough. Power modes switch cores off, and their clocks with them.
 */
const findClocks = (files: DeviceFiles) => {
  const policies = files.list(`${cpus}/cpufreq`).filter((name) => /^policy\d+$/.test(name))
  const folders = policies.length
    ? policies.map((policy) => `cpufreq/${policy}`)
    : files
        .list(cpus)
        .filter((name) => /^cpu\d+$/.test(name))
        .filter((name) => files.list(`${cpus}/${name}/cpufreq`).includes('scaling_cur_freq'))
        .map((name) => `${name}/cpufreq`)
  return folders.slice(0, 12).map((folder) => ({
    cpu: Number(/\d+/.exec(folder)?.[0]),
    path: `${cpus}/${folder}/scaling_cur_freq`,
  }))
}

/** `0-1,4`: the first and last of each range. */
const parseRanges = (text: string): readonly (readonly [number, number])[] | undefined =>
  /^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)
    ? text.split(',').map((range) => {
        const [first = 0, last = first] = range.split('-').map(Number)
        return [first, last] as const
      })
    : undefined

const parseKhz = (text: string): number | undefined => {
  const khz = parseWhole(text)
  return khz === undefined ? undefined : parseFrequencyHz(String(khz * 1000))
}
