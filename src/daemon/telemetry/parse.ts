/** Texts of the kernel → numbers. Pure. Where a text makes no sense the answer is undefined, never a made-up number. */

/** A whole number: `921600000`, `-3`. */
export const parseWhole = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : undefined

/** The value where it lies between what can be. */
export const within = (value: number | undefined, low: number, high: number): number | undefined =>
  value !== undefined && value >= low && value <= high ? value : undefined

/** Thousandths of a unit → the unit, between what can be. */
export const parseMilli = (
  text: string | undefined,
  low: number,
  high: number,
): number | undefined => {
  const thousandths = parseWhole(text)
  return thousandths === undefined ? undefined : within(thousandths / 1000, low, high)
}

/**
 * Thousandths of a degree → °C, where silicon can have it. A zone that is switched off says −256000, and the PMIC of a
 * Nano always says 50 or 100; the first is refused here, the second by its name (`isRealZone`).
 */
export const parseTemperatureC = (text: string | undefined): number | undefined =>
  parseMilli(text, -40, 150)

/** A clock in Hz. */
export const parseFrequencyHz = (text: string | undefined): number | undefined =>
  within(parseWhole(text), 0, 10e9)

/** Whether a text is a name, and not rubbish. */
export const isWord = (text: string | undefined): text is string =>
  text !== undefined && /^[\w][\w .:+-]{0,39}$/.test(text)

/** Whether a thermal zone measures anything. */
export const isRealZone = (type: string): boolean => !/^PMIC/i.test(type)

/** The short name of a thermal zone: `CPU-therm` → `CPU`, `cpu-thermal` → `CPU`, `x86_pkg_temp` as it is. */
export const zoneName = (type: string): string => {
  const name = type.replace(/-therm(al)?$/, '')
  return name === type || name.includes('fan') ? type : name.toUpperCase()
}

export type Memory = {
  readonly totalBytes: number
  readonly availableBytes: number
  readonly swapTotalBytes?: number
  readonly swapUsedBytes?: number
  /** What the GPU of a Tegra holds of it. */
  readonly gpuBytes?: number
}

/** /proc/meminfo. What cannot be, more free than there is, is refused. */
export const parseMemory = (text: string): Memory | undefined => {
  const bytesOf = (field: string): number | undefined => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
    return found === undefined ? undefined : within(Number(found) * 1024, 0, 2 ** 50)
  }
  const totalBytes = bytesOf('MemTotal')
  const availableBytes = within(bytesOf('MemAvailable'), 0, totalBytes ?? 0)
  if (!totalBytes || availableBytes === undefined) return undefined
  const swapTotalBytes = bytesOf('SwapTotal')
  const swapFreeBytes = within(bytesOf('SwapFree'), 0, swapTotalBytes ?? 0)
  return given<Memory>({
    totalBytes,
    availableBytes,
    // None is nothing to show.
    ...(swapTotalBytes &&
      swapFreeBytes !== undefined && {
        swapTotalBytes,
        swapUsedBytes: swapTotalBytes - swapFreeBytes,
      }),
    gpuBytes: within(bytesOf('NvMapMemUsed'), 0, totalBytes),
  })
}

/** /proc/pressure/memory: the share of the last ten seconds in which some process waited for memory, 0–1. */
export const parsePressure = (text: string): number | undefined => {
  const percent = /^some avg10=(\d+\.\d+) /m.exec(text)?.[1]
  return percent === undefined ? undefined : within(Number(percent) / 100, 0, 1)
}

/** Time that all cores together have spent, in the kernel's ticks since it started. */
export type CpuTimes = {readonly busy: number; readonly total: number}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal. Guests are in user already. */
export const parseCpuTimes = (text: string): CpuTimes | undefined => {
  const ticks = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number).slice(0, 8)
  if (!ticks || ticks.length < 4 || !ticks.every(isCount)) return undefined
  const total = ticks.reduce((sum, one) => sum + one, 0)
  return {total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0)}
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** Share of the time between two looks in which cores were busy, 0–1. */
export const loadBetween = (
  before: CpuTimes | undefined,
  after: CpuTimes | undefined,
): number | undefined => {
  // Where a core was switched off in between, the counters step back.
  if (!before || !after || after.total <= before.total || after.busy < before.busy) return undefined
  return Math.min(1, (after.busy - before.busy) / (after.total - before.total))
}

/** /etc/nv_tegra_release → `32.7.1`. */
export const parseL4t = (text: string): string | undefined => {
  const [, release, revision] = /^# R(\d+) \(release\), REVISION: ([\d.]+)/.exec(text) ?? []
  return release && revision ? `${release}.${revision}` : undefined
}

/** The running power mode's name: its number in /var/lib/nvpmodel/status, looked up in /etc/nvpmodel.conf. */
export const parsePowerMode = (status: string, modes: string): string | undefined => {
  const mode = /^pmode:(\d+)/.exec(status)?.[1]
  if (mode === undefined) return undefined
  const names = modes.matchAll(/^<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\S+)\s*>/gm)
  return [...names].find(([, id]) => Number(id) === Number(mode))?.[2] ?? `mode ${Number(mode)}`
}

/** The fields that have a value. */
export const given = <T extends object>(
  fields: {
    readonly [K in keyof T]: T[K] | undefined
  },
): T =>
  // Whatever is left has the type that T wants.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
