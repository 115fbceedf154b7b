import {type DeviceFiles, textOf} from './device-files.ts'
import {given, isWord, parseFrequencyHz, parseWhole, within} from './parse.ts'
import type {Part} from './part.ts'
import type {Reading} from './reading.ts'

const devfreq = '/sys/class/devfreq'

/** Where GPUs without devfreq stand: the first is a link to the GPU on every Tegra with L4T 32. */
const platform = ['/sys/devices/gpu.0', '/sys/devices/platform/gpu.0']

/** A Tegra's GPU. While the driver has cut its power its load reads 0, which would be a lie: it is off. */
export const findGpu = (files: DeviceFiles): Part => {
  const gpu = findFolders(files)
  if (!gpu) return () => ({})
  const {clock, device} = gpu
  const present = new Set(files.list(device))
  const isGatedPath = ['is_railgated', 'power/runtime_status'].find(
    (name) => present.has(name) || files.list(`${device}/power`).includes(name.slice(6)),
  )
  return ({measure, rest}) => {
    const state = isGatedPath
      ? measure('GPU state', `${device}/${isGatedPath}`, parsePowerState)
      : undefined
    if (state === 'off') {
      rest('GPU load')
      for (const name of clock ? ['GPU clock', 'GPU top clock', 'GPU governor'] : []) rest(name)
      return {gpuPower: 'off'}
    }
    return given<Partial<Reading>>({
      gpuPower: state,
      gpuLoad: measure('GPU load', `${device}/load`, parsePerMille),
      ...(clock && {
        gpuFrequencyHz: measure('GPU clock', `${clock}/cur_freq`, parseFrequencyHz),
        gpuMaxFrequencyHz: measure('GPU top clock', `${clock}/max_freq`, parseFrequencyHz),
        gpuGovernor: measure('GPU governor', `${clock}/governor`, parseWord),
      }),
    })
  }
}

/** The clocks that the GPU can have, in Hz, slowest first; undefined where they are not told. */
export const findGpuFrequencies = (files: DeviceFiles): readonly number[] | undefined => {
  const clock = findFolders(files)?.clock
  const frequencies = (clock ? (textOf(files, `${clock}/available_frequencies`) ?? '') : '')
    .split(/\s+/)
    .map(parseFrequencyHz)
    .filter((frequencyHz) => frequencyHz !== undefined)
  return frequencies.length ? frequencies.sort((a, b) => a - b) : undefined
}

type Folders = {readonly clock?: string; readonly device: string}

/** `57000000.gpu` on a Nano, `17000000.gp10b` and `.gv11b` on TX2 and Xavier, `.ga10b` or `.gpu` on an Orin. */
const findFolders = (files: DeviceFiles): Folders | undefined => {
  const found = files
    .list(devfreq)
    .find(
      (name) =>
        /(^|\.)(gpu|g[a-z]\d+b)$/.test(name) ||
        textOf(files, `${devfreq}/${name}/device/of_node/name`) === 'gpu',
    )
  if (found) return {clock: `${devfreq}/${found}`, device: `${devfreq}/${found}/device`}
  const device = platform.find((folder) => files.list(folder).includes('load'))
  return device ? {device} : undefined
}

const parsePowerState = (text: string): 'on' | 'off' | undefined => {
  if (text === 'yes' || text === 'suspended') return 'off'
  return ['no', 'active', 'resuming', 'suspending', 'unsupported'].includes(text) ? 'on' : undefined
}

const parsePerMille = (text: string): number | undefined => {
  const perMille = within(parseWhole(text), 0, 1000)
  return perMille === undefined ? undefined : perMille / 1000
}

const parseWord = (text: string): string | undefined => (isWord(text) ? text : undefined)
