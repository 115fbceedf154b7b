/** Keeps memory free: on these boards CPU and GPU share it, and where it runs out the board hangs rather than errs. */
import type {Bound} from './bound.ts'
import {type Ceiling, lower, raise, startingCeiling} from './ceiling.ts'
import type {Limits} from './limits.ts'
import {fullPace} from './pace.ts'

export type MemoryGuard = {
  /** By model and data set: what their micro-batches need is learned once. */
  readonly tasks: Readonly<Record<string, Learned>>
  /** What the device had, and what ran then. */
  readonly memory: Memory
  readonly running?: Running
  /** Seconds since a micro-batch was made smaller: its effect must be seen before the next. */
  readonly loweredS: number
  readonly shortage?: string
  readonly isStopped: boolean
}

type Running = {readonly task: string; readonly microBatch: number}

type Learned = {
  readonly ceiling: Ceiling
  /** What a sample more in work takes; absent while that was not seen. */
  readonly bytesPerSample?: number
}

export type Memory = {
  readonly availableBytes?: number
  readonly swapUsedBytes?: number
  /** Share of the last ten seconds in which some process waited for memory, 0–1. */
  readonly pressure?: number
}

export const freeMemory: MemoryGuard = {tasks: {}, memory: {}, loweredS: 60, isStopped: false}

const effectAfterS = 3
/** Swapping that fast means that the working set is larger than the memory. */
const swapBytesPerS = 20 * 2 ** 20
/** A tenth of the time spent waiting for memory is felt on the whole board. */
const highPressure = 0.1
/** A new estimate of what a sample takes counts by this share where it is lower; a higher one is believed at once. */
const trust = 0.2

/** The guard after `seconds` with micro-batches of `microBatch` for `task`; both undefined where nothing ran. */
export const feelMemory = (
  guard: MemoryGuard,
  seen: {
    readonly memory: Memory
    readonly running: Running | undefined
    readonly seconds: number
    readonly limits: Limits
  },
): MemoryGuard => {
  const {memory, running, seconds, limits} = seen
  const limit = limits.memoryAvailableBytes
  const shortage = shortageOf(guard.memory, memory, seconds, limit)
  const next: MemoryGuard = {
    tasks: guard.tasks,
    memory,
    ...(running ? {running} : {}),
    loweredS: guard.loweredS + seconds,
    ...(shortage === undefined ? {} : {shortage}),
    isStopped:
      memory.availableBytes !== undefined &&
      memory.availableBytes < (guard.isStopped ? limit : limit / 2),
  }
  if (!running) return next
  const before = guard.tasks[running.task] ?? {ceiling: startingCeiling(limits.firstMicroBatch)}
  const mayLower = shortage !== undefined && next.loweredS >= effectAfterS
  const ceiling = mayLower
    ? lower(before.ceiling, running.microBatch)
    : shortage === undefined
      ? raise(before.ceiling, seconds, running.microBatch >= before.ceiling.most)
      : before.ceiling
  const learned = {ceiling, ...needOf(before.bytesPerSample, guard, {memory, running})}
  return {
    ...next,
    tasks: {...guard.tasks, [running.task]: learned},
    ...(mayLower ? {loweredS: 0} : {}),
  }
}

/** What a sample takes, from a change of the micro-batch to twice or half as much between two readings. */
const needOf = (
  known: number | undefined,
  before: MemoryGuard,
  {memory, running}: {readonly memory: Memory; readonly running: Running},
): Pick<Learned, 'bytesPerSample'> => {
  const [was, is] = [before.memory.availableBytes, memory.availableBytes]
  const then =
    before.running?.task === running.task ? before.running.microBatch : running.microBatch
  const more = running.microBatch - then
  const isTelling = Math.abs(more) * 2 >= Math.max(running.microBatch, then)
  if (was === undefined || is === undefined || !isTelling) {
    return known === undefined ? {} : {bytesPerSample: known}
  }
  const seen = Math.max(0, (was - is) / more)
  return {
    bytesPerSample: known === undefined || seen > known ? seen : known + trust * (seen - known),
  }
}

const shortageOf = (
  before: Memory,
  {availableBytes, swapUsedBytes, pressure}: Memory,
  seconds: number,
  limit: number,
): string | undefined => {
  if (availableBytes !== undefined && availableBytes < limit) {
    return `${megabytes(availableBytes)} MB of memory are left, the limit is ${megabytes(limit)} MB`
  }
  const swapped = (swapUsedBytes ?? 0) - (before.swapUsedBytes ?? swapUsedBytes ?? 0)
  if (swapped > swapBytesPerS * seconds) {
    return `${megabytes(swapped / seconds)} MB a second go to swap`
  }
  return pressure !== undefined && pressure > highPressure
    ? `programs wait for memory in ${Math.round(100 * pressure)} % of the time`
    : undefined
}

/** What memory allows for that task. */
export const memoryBound = (guard: MemoryGuard, task: string, limits: Limits): Bound => {
  const {ceiling, bytesPerSample} = guard.tasks[task] ?? {
    ceiling: startingCeiling(limits.firstMicroBatch),
  }
  const fitting = fittingMicroBatch(guard, bytesPerSample, limits)
  const {availableBytes = 0} = guard.memory
  return {
    microBatch: Math.min(ceiling.most, fitting),
    ...(guard.isStopped ? {duty: 0} : {}),
    why:
      guard.shortage ??
      (fitting < ceiling.most
        ? `more would leave less than ${megabytes(limits.memoryAvailableBytes)} MB of the memory, of which ${megabytes(availableBytes)} MB are free now`
        : 'it is being felt out what memory bears'),
  }
}

/** The largest power of two that leaves the limit free, as far as it is known what a sample takes. */
const fittingMicroBatch = (
  {memory, running}: MemoryGuard,
  bytesPerSample: number | undefined,
  {memoryAvailableBytes}: Limits,
): number => {
  const {availableBytes} = memory
  if (availableBytes === undefined || !bytesPerSample) return fullPace.microBatch
  const fitting =
    (running?.microBatch ?? 0) + (availableBytes - memoryAvailableBytes) / bytesPerSample
  return Math.min(fullPace.microBatch, 2 ** Math.floor(Math.log2(Math.max(1, fitting))))
}

const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20)
