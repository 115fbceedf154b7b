/** Texts of the kernel → numbers. Pure. Where a text makes no sense the answer is undefined, never a made-up number. */

/** A whole number: `921600000`, `-3`. */
export const parseWhole = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+$/.test(text.trim()) ? Number(text) : undefined

/**
 * Thousandths of a degree → °C. A zone that is switched off says −256000, and the PMIC of a Nano always says 50 or 100;
 * the first is refused here, the second by its name (`isRealZone`).
 */
export const parseTemperatureC = (text: string | undefined): number | undefined => {
  const thousandths = parseWhole(text)
  if (thousandths === undefined) return undefined
  const temperatureC = thousandths / 1000
  return temperatureC > -55 && temperatureC < 200 ? temperatureC : undefined
}

/** Whether a thermal zone measures anything. */
export const isRealZone = (type: string): boolean => !/^PMIC/i.test(type)

/** The short name of a thermal zone: `CPU-therm` → `CPU`, `cpu-thermal` → `CPU`, `x86_pkg_temp` as it is. */
export const zoneName = (type: string): string => {
  const name = type.replace(/-therm(al)?$/, '')
  return name === type || name.includes('fan') ? type : name.toUpperCase()
}

export type Memory = {
  readonly totalBytes?: number
  readonly availableBytes?: number
  readonly swapUsedBytes?: number
}

/** /proc/meminfo. */
export const parseMemory = (text: string): Memory => {
  const bytesOf = (field: string): number | undefined => {
    const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
    return found === undefined ? undefined : Number(found) * 1024
  }
  const swapTotal = bytesOf('SwapTotal')
  const swapFree = bytesOf('SwapFree')
  return given({
    totalBytes: bytesOf('MemTotal'),
    availableBytes: bytesOf('MemAvailable'),
    swapUsedBytes:
      swapTotal === undefined || swapFree === undefined ? undefined : swapTotal - swapFree,
  })
}

/** Time that all cores together have spent, in the kernel's ticks since it started. */
export type CpuTimes = {readonly busy: number; readonly total: number}

/** The first line of /proc/stat: user nice system idle iowait irq softirq steal. Guests are in user already. */
export const parseCpuTimes = (text: string): CpuTimes | undefined => {
  const ticks = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number).slice(0, 8)
  if (!ticks || ticks.length < 4 || ticks.some(Number.isNaN)) return undefined
  const total = ticks.reduce((sum, one) => sum + one, 0)
  return {total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0)}
}

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
