import type {DeviceFiles} from './device-files.ts'
import {given, parseWhole} from './parse.ts'
import type {Reading} from './reading.ts'

type Gpu = Pick<Reading, 'gpuLoad' | 'gpuPower' | 'gpuFrequencyHz'>

/** Nano and TX1; TX2 and Xavier; Orin, by the kernel's age. */
const gpuNames = [
  '57000000.gpu',
  '17000000.gp10b',
  '17000000.gv11b',
  '17000000.ga10b',
  '17000000.gpu',
]

/** A Tegra's GPU. While the driver has cut its power its load reads 0, which would be a lie: it is off. */
export const readGpu = async (files: DeviceFiles): Promise<Gpu> => {
  const known = await files.list('/sys/class/devfreq')
  const name = gpuNames.find((one) => known.includes(one))
  if (!name) return {}
  const folder = `/sys/class/devfreq/${name}`
  const [load, railgated, frequency] = await Promise.all([
    files.text(`${folder}/device/load`),
    files.text(`${folder}/device/is_railgated`),
    files.text(`${folder}/cur_freq`),
  ])
  if (railgated === 'yes') return {gpuPower: 'off'}
  const perMille = parseWhole(load)
  return given<Gpu>({
    gpuPower: railgated === 'no' ? 'on' : undefined,
    gpuLoad: perMille === undefined ? undefined : Math.min(1, perMille / 1000),
    gpuFrequencyHz: parseWhole(frequency),
  })
}
