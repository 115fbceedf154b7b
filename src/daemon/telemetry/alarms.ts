import type {Rail} from './rails.ts'

/** A device that the kernel slows down to cool or to save it. */
export type CoolingDevice = {readonly type: string; readonly state: number}

const meanings: Readonly<Record<string, string>> = {
  'cpu-throttle-alert': 'The CPU is too hot and slows itself down.',
  'gpu-throttle-alert': 'The GPU is too hot and slows itself down.',
  'hot-surface-alert': 'The heat sink is too hot to touch (above 70 °C).',
  heavy: 'The device is so hot that its hardware brakes it hard. Improve its cooling.',
}

/** Below it a 5 V supply is too weak for the load: the next stop is a sudden power-off. */
const weakSupplyV = 4.75

/** Sentences on what the device itself slows down or complains about. Pure. */
export const alarmsOf = (
  cooling: readonly CoolingDevice[],
  rails: readonly Rail[],
): readonly string[] => [
  ...cooling.flatMap(({type, state}) => (state > 0 && meanings[type] ? [meanings[type]] : [])),
  ...rails.flatMap(({name, voltageV}) =>
    name === 'POM_5V_IN' && voltageV !== undefined && voltageV < weakSupplyV
      ? [
          `The supply has sagged to ${voltageV.toFixed(2)} V of 5 V. Use the barrel jack with 5 V 4 A (jumper J48), or the 5 W mode.`,
        ]
      : [],
  ),
]
