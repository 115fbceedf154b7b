import type {DeviceFiles} from './device-files.ts'
import {parseWhole} from './parse.ts'

/** One supply line of the board, as its INA3221 monitor measures it. */
export type Rail = {readonly name: string; readonly powerW?: number; readonly voltageV?: number}

const monitors = '/sys/bus/i2c/devices'

/** All rails. `POM_5V_IN` or `VDD_IN` is the whole board; the others are parts of it. */
export const readRails = async (files: DeviceFiles): Promise<readonly Rail[]> => {
  const devices = (await files.list(monitors)).filter((name) => /^\d+-004[0-3]$/.test(name))
  const rails = await Promise.all(
    devices.map(async (device) => {
      const folder = `${monitors}/${device}`
      const inside = await files.list(folder)
      const iio = inside.find((name) => name.startsWith('iio:device'))
      if (iio) return readIioRails(files, folder, iio)
      const hwmon = (await files.list(`${folder}/hwmon`))[0]
      return hwmon ? readHwmonRails(files, `${folder}/hwmon/${hwmon}`) : []
    }),
  )
  return rails.flat()
}

/** L4T 32 (Nano, TX, Xavier): mV and mW. */
const readIioRails = async (
  files: DeviceFiles,
  folder: string,
  iio: string,
): Promise<readonly Rail[]> => {
  const rails = await Promise.all(
    [0, 1, 2].map(async (channel) => {
      // Its own `rail_name_N` has been for root alone since L4T 32.5.1.
      const name = await files.text(`${folder}/of_node/channel@${channel}/ti,rail-name`)
      const [voltage, power] = await Promise.all(
        ['voltage', 'power'].map((what) =>
          files.text(`${folder}/${iio}/in_${what}${channel}_input`),
        ),
      )
      return railOf(name, parseWhole(voltage), parseWhole(power))
    }),
  )
  return rails.flat()
}

/** L4T 34 and later (Orin): mV and mA. */
const readHwmonRails = async (files: DeviceFiles, folder: string): Promise<readonly Rail[]> => {
  const rails = await Promise.all(
    [1, 2, 3].map(async (channel) => {
      const name = await files.text(`${folder}/in${channel}_label`)
      const voltage = parseWhole(await files.text(`${folder}/in${channel}_input`))
      const current = parseWhole(await files.text(`${folder}/curr${channel}_input`))
      const power =
        voltage === undefined || current === undefined ? undefined : (voltage * current) / 1000
      return railOf(name, voltage, power)
    }),
  )
  return rails.flat()
}

const railOf = (
  name: string | undefined,
  voltageMv: number | undefined,
  powerMw: number | undefined,
): readonly Rail[] =>
  // A channel that leads nowhere is called NC.
  name === undefined || name === '' || name === 'NC'
    ? []
    : [
        {
          name,
          ...(voltageMv === undefined ? {} : {voltageV: voltageMv / 1000}),
          ...(powerMw === undefined ? {} : {powerW: powerMw / 1000}),
        },
      ]
