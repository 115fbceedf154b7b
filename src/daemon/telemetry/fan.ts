import {type DeviceFiles, textOf} from './device-files.ts'
import {given, parseWhole, within} from './parse.ts'
import type {Part} from './part.ts'
import type {Reading} from './reading.ts'

const hwmon = '/sys/class/hwmon'
const nano = '/sys/devices/pwm-fan'

/** The board's fan: L4T's own driver, or the kernel's hwmon class. */
export const findFan = (files: DeviceFiles): Part => {
  const folders = [nano, ...files.list(hwmon).map((name) => `${hwmon}/${name}`)].map((folder) => ({
    folder,
    present: files.list(folder),
    isFan: folder === nano || /pwm.?fan/.test(textOf(files, `${folder}/name`) ?? ''),
  }))
  const find = (names: readonly string[], mayBe: (isFan: boolean) => boolean = () => true) =>
    folders.flatMap(({folder, present, isFan}) =>
      names
        .filter((name) => present.includes(name) && mayBe(isFan))
        .map((name) => `${folder}/${name}`),
    )[0]
  const share = find(['cur_pwm', 'pwm1'], (isFan) => isFan)
  // Without its tachometer switched on the Nano's driver measures 0.
  const isCounting = textOf(files, `${nano}/tach_enable`) !== '0'
  const rpm = find(isCounting ? ['rpm', 'fan1_input', 'rpm_measured'] : ['rpm', 'fan1_input'])
  return ({measure}) =>
    given<Partial<Reading>>({
      fanShare: share === undefined ? undefined : measure('fan', share, parsePwm),
      fanRpm: rpm === undefined ? undefined : measure('fan speed', rpm, parseRpm),
    })
}

const parseRpm = (text: string): number | undefined => within(parseWhole(text), 0, 100_000)

const parsePwm = (text: string): number | undefined => {
  const pwm = within(parseWhole(text), 0, 255)
  return pwm === undefined ? undefined : pwm / 255
}
