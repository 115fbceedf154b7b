/** The sensors of a Linux board by the kernel's own files; on a Jetson also GPU, rails, fan and power mode. No root needed. */
import type {Clock} from '../base/clock.ts'
import {alarmsOf, type CoolingDevice} from './alarms.ts'
import type {DeviceFiles} from './device-files.ts'
import {readGpu} from './gpu.ts'
import {
  type CpuTimes,
  given,
  isRealZone,
  loadBetween,
  parseCpuTimes,
  parseL4t,
  parseMemory,
  parsePowerMode,
  parseTemperatureC,
  parseWhole,
  zoneName,
} from './parse.ts'
import {readRails} from './rails.ts'
import type {Machine, Reading} from './reading.ts'
import type {Sensors} from './sensors.ts'

/** Sources are looked for anew at each reading, for they come late and vanish. */
export const openSysfs = async (files: DeviceFiles, clock: Clock): Promise<Sensors> => {
  let before: CpuTimes | undefined
  return {
    machine: await readMachine(files),
    read: async () => {
      const [temperaturesC, cooling, gpu, rails, memory, frequency, stat, fanShare, powerMode] =
        await Promise.all([
          readTemperatures(files),
          readCooling(files),
          readGpu(files),
          readRails(files),
          files.text('/proc/meminfo').then((text) => parseMemory(text ?? '')),
          files.text('/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq'),
          files.text('/proc/stat'),
          readFan(files),
          readPowerMode(files),
        ])
      const after = parseCpuTimes(stat ?? '')
      const cpuLoad = loadBetween(before, after)
      before = after
      const frequencyKhz = parseWhole(frequency)
      return {
        atMs: clock.nowMs(),
        temperaturesC,
        ...gpu,
        ...given<Partial<Reading>>({
          cpuLoad,
          cpuFrequencyHz: frequencyKhz === undefined ? undefined : frequencyKhz * 1000,
          memoryTotalBytes: memory.totalBytes,
          memoryAvailableBytes: memory.availableBytes,
          swapUsedBytes: memory.swapUsedBytes,
          fanShare,
          powerMode,
        }),
        powersW: byName(rails.map(({name, powerW}) => [name, powerW])),
        voltagesV: byName(rails.map(({name, voltageV}) => [name, voltageV])),
        alarms: alarmsOf(cooling, rails),
      }
    },
  }
}

/** Whether the files are those of a Jetson. */
export const isJetson = async (files: DeviceFiles): Promise<boolean> =>
  /nvidia,(jetson|tegra|p3)/.test((await files.text('/proc/device-tree/compatible')) ?? '')

const readMachine = async (files: DeviceFiles): Promise<Machine> => {
  const [model, cpuinfo, meminfo, l4t, possible, rails] = await Promise.all([
    files.text('/proc/device-tree/model'),
    files.text('/proc/cpuinfo'),
    files.text('/proc/meminfo'),
    files.text('/etc/nv_tegra_release'),
    files.text('/sys/devices/system/cpu/possible'),
    readRails(files),
  ])
  const jetson = await isJetson(files)
  return {
    model: model ?? (jetson ? 'NVIDIA Jetson' : 'Linux board'),
    kind: jetson ? 'jetson' : 'linux',
    cpu: /^model name\s*: (.+)$/m.exec(cpuinfo ?? '')?.[1] ?? 'unknown',
    // `0-3`: four of them, whether the power mode has them switched on or not.
    cores: 1 + Number(/(\d+)$/.exec(possible ?? '')?.[1] ?? 0),
    memoryBytes: parseMemory(meminfo ?? '').totalBytes ?? 0,
    measuresPower: rails.some(({powerW}) => powerW !== undefined),
    ...given<{l4t?: string}>({l4t: parseL4t(l4t ?? '')}),
  }
}

/** By the zone's type, never by its number, which differs from board to board. */
const readTemperatures = async (files: DeviceFiles): Promise<Readonly<Record<string, number>>> => {
  const folder = '/sys/class/thermal'
  const zones = (await files.list(folder)).filter((name) => name.startsWith('thermal_zone'))
  const temperatures = await Promise.all(
    zones.map(async (zone): Promise<readonly [string, number | undefined]> => {
      const type = (await files.text(`${folder}/${zone}/type`)) ?? zone
      const text = isRealZone(type) ? await files.text(`${folder}/${zone}/temp`) : undefined
      return [zoneName(type), parseTemperatureC(text)]
    }),
  )
  return byName(temperatures)
}

const readCooling = async (files: DeviceFiles): Promise<readonly CoolingDevice[]> => {
  const folder = '/sys/class/thermal'
  const devices = (await files.list(folder)).filter((name) => name.startsWith('cooling_device'))
  return Promise.all(
    devices.map(async (device) => ({
      type: (await files.text(`${folder}/${device}/type`)) ?? '',
      state: parseWhole(await files.text(`${folder}/${device}/cur_state`)) ?? 0,
    })),
  )
}

/** Share of full speed: the Nano's own fan driver, or a fan of the kernel's hwmon class. */
const readFan = async (files: DeviceFiles): Promise<number | undefined> => {
  const nano = parseWhole(await files.text('/sys/devices/pwm-fan/cur_pwm'))
  if (nano !== undefined) return nano / 255
  for (const hwmon of await files.list('/sys/class/hwmon')) {
    if ((await files.text(`/sys/class/hwmon/${hwmon}/name`)) !== 'pwmfan') continue
    const pwm = parseWhole(await files.text(`/sys/class/hwmon/${hwmon}/pwm1`))
    return pwm === undefined ? undefined : pwm / 255
  }
  return undefined
}

const readPowerMode = async (files: DeviceFiles): Promise<string | undefined> => {
  const [status, modes] = await Promise.all([
    files.text('/var/lib/nvpmodel/status'),
    files.text('/etc/nvpmodel.conf'),
  ])
  return parsePowerMode(status ?? '', modes ?? '')
}

const byName = (
  pairs: readonly (readonly [string, number | undefined])[],
): Readonly<Record<string, number>> => given(Object.fromEntries(pairs))
