import {type DeviceFiles, textOf} from './device-files.ts'
import {off} from './gauges.ts'
import {
  given,
  isRealZone,
  isWord,
  parseTemperatureC,
  parseWhole,
  within,
  zoneName,
} from './parse.ts'
import {type Part, uniqueNames} from './part.ts'

const thermal = '/sys/class/thermal'
const hwmon = '/sys/class/hwmon'

/** Sensors of a processor that some PCs have in place of a thermal zone: Intel, AMD. */
const processorSensors = ['coretemp', 'k10temp', 'zenpower', 'cpu_thermal']

/** All thermal zones, by their type and never by their number, which differs from board to board. */
export const findTemperatures = (files: DeviceFiles): Part => {
  const zones = findZones(files)
  const sensors = zones.some(({type}) => isOfProcessor(type))
    ? zones
    : [...zones, ...findProcessorSensor(files)]
  const types = uniqueNames(sensors.map(({type}) => type))
  const names = uniqueNames(sensors.map(({type}) => zoneName(type)))
  return ({measure}) => ({
    temperaturesC: given<Record<string, number>>(
      Object.fromEntries(
        sensors.map(({path}, i) => [names[i], measure(types[i] ?? path, path, parseZone)]),
      ),
    ),
  })
}

/**
 * The lowest temperature at which the kernel slows a processor down. Other zones have passive trip points too: the
 * Nano's PLL zone has one at 70 °C, for its memory's timing.
 */
export const findPassiveTripC = (files: DeviceFiles): number | undefined => {
  const trips = findZones(files)
    .filter(({type}) => isOfProcessor(type))
    .flatMap(({zone}) =>
      files
        .list(`${thermal}/${zone}`)
        .filter((name) => /^trip_point_\d+_type$/.test(name))
        .filter((name) => textOf(files, `${thermal}/${zone}/${name}`) === 'passive')
        .map((name) => textOf(files, `${thermal}/${zone}/${name.replace('type', 'temp')}`)),
    )
    .map(parseTemperatureC)
    // Where the firmware sets none, drivers say 0 or −273.
    .filter((tripC) => tripC !== undefined && tripC >= 40)
  return trips.length ? Math.min(...trips.map(Number)) : undefined
}

/** Devices that the kernel slows down, or speeds up, to cool the board. A board has about a dozen, a server hundreds. */
export const findCooling = (files: DeviceFiles): Part => {
  const devices = files
    .list(thermal)
    .filter((name) => name.startsWith('cooling_device'))
    .slice(0, 32)
    .flatMap((device) => {
      const type = textOf(files, `${thermal}/${device}/type`)
      return isWord(type) ? [{type, path: `${thermal}/${device}/cur_state`}] : []
    })
  const names = uniqueNames(devices.map(({type}) => type))
  return ({measure}) => {
    const coolingStates: Record<string, number> = {}
    for (const [i, {path}] of devices.entries()) {
      const name = names[i] ?? path
      const state = measure(name, path, parseState)
      if (state) coolingStates[name] = state
    }
    return {coolingStates, alarms: Object.keys(coolingStates).flatMap(alarmOf)}
  }
}

type Zone = {readonly zone: string; readonly type: string; readonly path: string}

/** A zone that does not tell what it measures could be the PMIC's constant: it is left out. */
const findZones = (files: DeviceFiles): readonly Zone[] =>
  files
    .list(thermal)
    .filter((name) => name.startsWith('thermal_zone'))
    .flatMap((zone) => {
      const type = textOf(files, `${thermal}/${zone}/type`)
      return isWord(type) && isRealZone(type) ? [{zone, type, path: `${thermal}/${zone}/temp`}] : []
    })

const isOfProcessor = (type: string): boolean => /cpu|gpu|^soc|^tj|x86_pkg/i.test(type)

const findProcessorSensor = (files: DeviceFiles) => {
  const found = files
    .list(hwmon)
    .find((name) => processorSensors.includes(textOf(files, `${hwmon}/${name}/name`) ?? ''))
  return found ? [{type: 'CPU', path: `${hwmon}/${found}/temp1_input`}] : []
}

/** Zones of an Orin that are switched off say −256000. */
const parseZone = (text: string) => (text === '-256000' ? off : parseTemperatureC(text))

const parseState = (text: string): number | undefined => within(parseWhole(text), 0, 10_000)

const sentences: Readonly<Record<string, string>> = {
  'hot-surface-alert': 'The heat sink is too hot to touch (above 70 °C).',
  heavy: 'The device is so hot that its hardware brakes it hard. Improve its cooling.',
}

const alarmOf = (type: string): readonly string[] => {
  const throttled = /^(\w+)-throttle-alert$/.exec(type)?.[1]
  const sentence = throttled
    ? `The ${throttled.toUpperCase()} is too hot and slows itself down.`
    : sentences[type]
  return sentence ? [sentence] : []
}
