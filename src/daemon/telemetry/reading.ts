/** One look at the device. What could not be measured is absent: nothing is shown that was not read. */
export type Reading = {
  /** Wall-clock time in ms since 1970. */
  readonly atMs: number
  /** °C by zone: `CPU`, `GPU`, … */
  readonly temperaturesC: Readonly<Record<string, number>>
  /** Share of all cores in use, 0–1. */
  readonly cpuLoad?: number
  readonly cpuFrequencyHz?: number
  /** Share of the GPU in use, 0–1. Absent while the GPU is rail-gated (`gpuPower` is 'off'). */
  readonly gpuLoad?: number
  readonly gpuPower?: 'on' | 'off'
  readonly gpuFrequencyHz?: number
  /** The clock that the GPU may have at most, in the power mode that is set. */
  readonly gpuMaxFrequencyHz?: number
  /** What chooses the GPU's clock: `nvhost_podgov`. */
  readonly gpuGovernor?: string
  /** Share of the memory's bandwidth in use, 0–1. */
  readonly emcLoad?: number
  readonly memoryTotalBytes?: number
  readonly memoryAvailableBytes?: number
  readonly swapTotalBytes?: number
  readonly swapUsedBytes?: number
  /** What the compressed part of the swap takes of the memory. */
  readonly zramUsedBytes?: number
  /** What the GPU holds of the memory that it shares with the CPU. */
  readonly gpuMemoryBytes?: number
  /** Share of the last ten seconds in which some process waited for memory, 0–1. */
  readonly memoryPressure?: number
  /** W by rail: `POM_5V_IN` is the whole board on a Nano; the other rails are parts of it. */
  readonly powersW: Readonly<Record<string, number>>
  /** V by rail. */
  readonly voltagesV: Readonly<Record<string, number>>
  /** A by rail. */
  readonly currentsA?: Readonly<Record<string, number>>
  /** Share of the fan's full speed, 0–1. */
  readonly fanShare?: number
  /** Turns of the fan a minute, where they are counted. */
  readonly fanRpm?: number
  /** How far the kernel cools or slows down, in steps of its own, by device: `gpu-balanced`. Those at rest are left out. */
  readonly coolingStates?: Readonly<Record<string, number>>
  /** `10W`, `5W`, … */
  readonly powerMode?: string
  /** Why a sensor that was there is not read: `GPU-therm: answers EAGAIN`. */
  readonly unavailable?: Readonly<Record<string, string>>
  /** The board draws, or drew within a minute, more current than it may; absent otherwise. */
  readonly isOverCurrent?: true
  /** Sentences on what the device itself slows down or complains about. */
  readonly alarms: readonly string[]
}

/** What kind of machine it is. */
export type Machine = {
  readonly model: string
  readonly kind: 'jetson' | 'linux' | 'macos' | 'other'
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  /** Whether it had a sensor of its power at the start. */
  readonly measuresPower: boolean
  /** The lowest temperature, in °C, at which the kernel itself slows the machine down. */
  readonly passiveTripC?: number
  /** The clocks that its GPU can have, slowest first. */
  readonly gpuFrequenciesHz?: readonly number[]
  /** L4T release of a Jetson: `32.7.1`. */
  readonly l4t?: string
}
