/** The log of a study's time in few stretches, pauses left out. Pure. */
import type {Row} from '../../daemon/history/row.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'

/** What a stretch was like: means over its seconds, absent where nothing was measured. */
export type Bin = {
  /** From the start of the study's training, pauses left out. */
  readonly elapsedMs: number
  /** Of the hottest sensor; the highest there was. */
  readonly hottestC?: number
  readonly powerW?: number
  readonly samplesPerSecond?: number
  readonly microBatch?: number
  /** The share of the time (0–1) that was spent computing. */
  readonly duty?: number
}

export type Timeline = {
  readonly bins: readonly Bin[]
  readonly binMs: number
  /** The throttle's orders in that time, oldest first, the last of them. */
  readonly orders: readonly Order[]
  readonly orderCount: number
  /** The share of the study's time in which it was held back; undefined where that is not known. */
  readonly heldBackShare: number | undefined
  /** Where a moment stands on the study's own time. */
  readonly elapsedAt: (atMs: number) => number
}

/** Finer than a phone's screen would be of no use. */
const mostBins = 180
const keptOrders = 40

/** To be told of the rows of a study's time, in order of time. */
export const openTimeline = (
  studyId: string,
  fromMs: number,
  toMs: number,
  powerOf: (row: Row) => number | undefined,
) => {
  const binMs = Math.max(1000, Math.ceil((toMs - fromMs) / mostBins))
  const bins = new Map<number, Sums>()
  const orders: Order[] = []
  let orderCount = 0
  let seconds = 0
  let heldBack = 0
  let hasDuty = false
  return {
    add: (row: Row) => {
      if (!row.trials.some((label) => label.startsWith(`${studyId}/`))) return
      const index = Math.floor((row.atMs - fromMs) / binMs)
      const sums = bins.get(index) ?? newSums()
      bins.set(index, sums)
      const {microBatch, duty, samplesPerSecond} = row.measures
      const temperatures = Object.values(row.temperaturesMaxC ?? row.temperaturesC)
      if (temperatures.length) {
        sums.hottestC = Math.max(sums.hottestC ?? Number.NEGATIVE_INFINITY, ...temperatures)
      }
      addTo(sums.power, powerOf(row), row.readings)
      addTo(sums.speed, samplesPerSecond, row.readings)
      addTo(sums.microBatch, microBatch, row.readings)
      addTo(sums.duty, duty, row.readings)
      seconds += row.readings
      if (duty !== undefined) {
        hasDuty = true
        if (duty < 0.995) heldBack += row.readings
      }
      orders.push(...row.orders)
      orderCount += row.orders.length
      if (orders.length > keptOrders) orders.splice(0, orders.length - keptOrders)
    },
    end: (): Timeline => {
      const indexes = [...bins.keys()].sort((a, b) => a - b)
      const rankOf = new Map(indexes.map((index, rank) => [index, rank]))
      return {
        binMs,
        orders,
        orderCount,
        heldBackShare: hasDuty ? heldBack / seconds : undefined,
        bins: indexes.map((index, rank) => binOf(rank * binMs, bins.get(index) ?? newSums())),
        elapsedAt: (atMs) => {
          const index = Math.floor((atMs - fromMs) / binMs)
          const rank = rankOf.get(index)
          if (rank !== undefined) return rank * binMs + ((atMs - fromMs) % binMs)
          // Between two stretches: where the next one begins.
          const next = indexes.findIndex((one) => one > index)
          return (next < 0 ? indexes.length : next) * binMs
        },
      }
    },
  }
}

type Sum = {total: number; weight: number}

type Sums = {
  hottestC?: number
  readonly power: Sum
  readonly speed: Sum
  readonly microBatch: Sum
  readonly duty: Sum
}

const newSums = (): Sums => ({
  power: {total: 0, weight: 0},
  speed: {total: 0, weight: 0},
  microBatch: {total: 0, weight: 0},
  duty: {total: 0, weight: 0},
})

const addTo = (sum: Sum, value: number | undefined, weight: number): void => {
  if (value === undefined) return
  sum.total += value * weight
  sum.weight += weight
}

const binOf = (elapsedMs: number, {hottestC, power, speed, microBatch, duty}: Sums): Bin => ({
  elapsedMs,
  ...(hottestC === undefined ? {} : {hottestC}),
  ...(power.weight ? {powerW: power.total / power.weight} : {}),
  ...(speed.weight ? {samplesPerSecond: speed.total / speed.weight} : {}),
  ...(microBatch.weight ? {microBatch: microBatch.total / microBatch.weight} : {}),
  ...(duty.weight ? {duty: duty.total / duty.weight} : {}),
})
