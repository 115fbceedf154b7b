import {type DeviceFiles, textOf} from './device-files.ts'
import {given, parseMemory, parsePressure, parseWhole, within} from './parse.ts'
import type {Part} from './part.ts'
import type {Reading} from './reading.ts'

/** Memory, swap and its compressed part, what the GPU holds, pressure, and the load of the memory's bus. */
export const findMemory = (files: DeviceFiles): Part => {
  const zram = files
    .list('/sys/block')
    .filter((name) => /^zram\d+$/.test(name))
    .map((name) => ({name, path: `/sys/block/${name}/mm_stat`}))
  const fullEmcKhz = findFullEmcKhz(files)
  return ({measure}) => {
    const memory = measure('memory', '/proc/meminfo', parseMemory)
    const compressed = zram.map(({name, path}) => measure(name, path, parseZramBytes))
    const activityKhz =
      fullEmcKhz === undefined
        ? undefined
        : measure('memory bus', '/sys/kernel/actmon_avg_activity/mc_all', (text) =>
            within(parseWhole(text), 0, 1e8),
          )
    return given<Partial<Reading>>({
      memoryTotalBytes: memory?.totalBytes,
      memoryAvailableBytes: memory?.availableBytes,
      swapTotalBytes: memory?.swapTotalBytes,
      swapUsedBytes: memory?.swapUsedBytes,
      zramUsedBytes: compressed.reduce(
        (sum, bytes) => (bytes === undefined ? sum : (sum ?? 0) + bytes),
        undefined,
      ),
      gpuMemoryBytes: memory?.gpuBytes,
      memoryPressure: measure('memory pressure', '/proc/pressure/memory', parsePressure),
      emcLoad:
        activityKhz === undefined || fullEmcKhz === undefined
          ? undefined
          : Math.min(1, activityKhz / fullEmcKhz),
    })
  }
}

/** The third number of mm_stat: what the compressed pages take of the memory. */
const parseZramBytes = (text: string): number | undefined =>
  within(parseWhole(text.trim().split(/\s+/)[2]), 0, 2 ** 50)

/** The memory bus's full clock, by the chip: the file that tells is for root alone. Chips whose boards differ are left out. */
const fullEmcKhzOfChip: Readonly<Record<string, number>> = {
  tegra210: 1_600_000,
  tegra186: 1_866_000,
}

const findFullEmcKhz = (files: DeviceFiles): number | undefined => {
  const told = within(
    parseWhole(textOf(files, '/sys/kernel/debug/clk/emc/clk_max_rate')),
    1e8,
    1e11,
  )
  if (told !== undefined) return told / 1000
  const compatible = textOf(files, '/proc/device-tree/compatible') ?? ''
  const chip = /nvidia,(tegra\d+)/.exec(compatible)?.[1]
  return chip === undefined ? undefined : fullEmcKhzOfChip[chip]
}
