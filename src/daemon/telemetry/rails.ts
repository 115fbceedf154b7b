import {type DeviceFiles, textOf} from './device-files.ts'
import {isWord, parseMilli} from './parse.ts'
import {type Part, uniqueNames} from './part.ts'

const monitors = '/sys/bus/i2c/devices'

/** Where one supply line of the board is measured by its INA3221 monitor. */
type Rail = {
  readonly name: string
  readonly voltage: string
  readonly current: string
  /** Absent where power is voltage times current. */
  readonly power?: string
  /** Files that say 1 while more current flows than may. */
  readonly alarms: readonly string[]
}

/** All rails. `POM_5V_IN` or `VDD_IN` is the whole board; the others are parts of it. */
export const findRails = (files: DeviceFiles): Part => {
  const found = files.list(monitors).flatMap((device) => {
    const folder = `${monitors}/${device}`
    if (!isMonitor(device, textOf(files, `${folder}/name`))) return []
    const iio = files.list(folder).find((name) => name.startsWith('iio:device'))
    if (iio) return findIioRails(files, folder, iio)
    const hwmon = files.list(`${folder}/hwmon`)[0]
    return hwmon ? findHwmonRails(files, `${folder}/hwmon/${hwmon}`) : []
  })
  const names = uniqueNames(found.map(({name}) => name))
  const rails = found.map((rail, i) => ({...rail, name: names[i] ?? rail.name}))
  return (gauges) => {
    const voltagesV: Record<string, number> = {}
    const currentsA: Record<string, number> = {}
    const powersW: Record<string, number> = {}
    const alarms: string[] = []
    let isOverCurrent = false
    for (const {name, voltage, current, power, alarms: flags} of rails) {
      const voltageV = gauges.measure(`${name} voltage`, voltage, parseVoltageV)
      const currentA = gauges.measure(`${name} current`, current, parseCurrentA)
      const powerW = power
        ? gauges.measure(`${name} power`, power, parsePowerW)
        : voltageV !== undefined && currentA !== undefined
          ? voltageV * currentA
          : undefined
      if (voltageV !== undefined) voltagesV[name] = voltageV
      if (currentA !== undefined) currentsA[name] = currentA
      if (powerW !== undefined) powersW[name] = powerW
      alarms.push(...sagOf(name, voltageV))
      const isOver = flags.map((flag) =>
        gauges.measure(`${name} ${flag.replace(/.*_(\w+)_alarm/, '$1 alarm')}`, flag, parseFlag),
      )
      if (isOver.includes(true)) {
        isOverCurrent = true
        alarms.push(`The supply line ${name} carries more current than it may. Lower the load.`)
      }
    }
    return {
      voltagesV,
      currentsA,
      powersW,
      ...(isOverCurrent ? {isOverCurrent} : {}),
      alarms,
    }
  }
}

/** Called `ina3221x` by L4T 32 and `ina3221` later; where it has no name, it is known by its address. */
const isMonitor = (device: string, name: string | undefined): boolean =>
  name === undefined ? /^\d+-004[0-3]$/.test(device) : name.startsWith('ina3221')

/** L4T 32 (Nano, TX, Xavier): mV, mA and mW. */
const findIioRails = (files: DeviceFiles, folder: string, iio: string): readonly Rail[] =>
  [0, 1, 2].flatMap((channel) => {
    const name =
      textOf(files, `${folder}/of_node/channel@${channel}/ti,rail-name`) ??
      // For root alone since L4T 32.5.1.
      textOf(files, `${folder}/${iio}/rail_name_${channel}`)
    const file = (what: string) => `${folder}/${iio}/in_${what}${channel}_input`
    return isRail(name)
      ? [
          {
            name,
            voltage: file('voltage'),
            current: file('current'),
            power: file('power'),
            alarms: [],
          },
        ]
      : []
  })

/** L4T 34 and later (Orin): mV and mA. */
const findHwmonRails = (files: DeviceFiles, folder: string): readonly Rail[] => {
  const present = files.list(folder)
  return present.flatMap((file) => {
    const channel = /^in(\d+)_label$/.exec(file)?.[1]
    const name = channel && textOf(files, `${folder}/${file}`)
    return isRail(name)
      ? [
          {
            name,
            voltage: `${folder}/in${channel}_input`,
            current: `${folder}/curr${channel}_input`,
            alarms: ['crit', 'max']
              .map((limit) => `curr${channel}_${limit}_alarm`)
              .filter((flag) => present.includes(flag))
              .map((flag) => `${folder}/${flag}`),
          },
        ]
      : []
  })
}

/** A channel that leads nowhere is called NC; one of the hwmon driver is `sum of shunt voltages`. */
const isRail = (name: string | undefined): name is string =>
  isWord(name) && name !== 'NC' && !name.startsWith('sum')

const parseVoltageV = (text: string): number | undefined => parseMilli(text, 0, 60)

/** A line without load measures a few mA around zero. */
const parseCurrentA = (text: string): number | undefined => {
  const currentA = parseMilli(text, -0.1, 50)
  return currentA === undefined ? undefined : Math.max(0, currentA)
}

const parsePowerW = (text: string): number | undefined => {
  const powerW = parseMilli(text, -0.5, 500)
  return powerW === undefined ? undefined : Math.max(0, powerW)
}

const parseFlag = (text: string): boolean | undefined =>
  text === '0' || text === '1' ? text === '1' : undefined

/** Below it a 5 V supply is too weak for the load: the next stop is a sudden power-off. */
export const weakSupplyV = 4.75
/** Below it the board would not run: it is the sensor that is wrong. */
const impossibleSupplyV = 3

const sagOf = (rail: string, voltageV: number | undefined): readonly string[] =>
  rail === 'POM_5V_IN' &&
  voltageV !== undefined &&
  voltageV < weakSupplyV &&
  voltageV > impossibleSupplyV
    ? [
        `The supply has sagged to ${voltageV.toFixed(2)} V of 5 V. Use the barrel jack with 5 V 4 A (jumper J48), or the 5 W mode.`,
      ]
    : []
