/** Where one segment ends and the next begins, and how many orders a minute there is room for. Pure. */
import type {Row} from './row.ts'
import {hourMs} from './segments.ts'

/** Whether a row belongs to the segment whose last row is of `lastMs`: later, and in the same hour of the clock. */
export const goesOn = (lastMs: number, atMs: number): boolean =>
  atMs > lastMs && Math.floor(atMs / hourMs) === Math.floor(lastMs / hourMs)

/** Cuts rows wherever a segment must end. */
export const runsOf = (rows: readonly Row[]): readonly (readonly Row[])[] => {
  const runs: Row[][] = []
  for (const row of rows) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && goesOn(last.atMs, row.atMs)) run.push(row)
    else runs.push([row])
  }
  return runs
}

export type OrderCount = {readonly minute: number; readonly count: number}

export const noOrders: OrderCount = {minute: 0, count: 0}

/** More than this is a throttle gone wild, and would write the card to pieces. */
const mostOrdersAMinute = 6

/** The row with no more orders than there is still room for in its minute. */
export const withinOrders = (
  counted: OrderCount,
  row: Row,
): {readonly counted: OrderCount; readonly row: Row} => {
  const minute = Math.floor(row.atMs / 60_000)
  const before = counted.minute === minute ? counted.count : 0
  const orders = row.orders.slice(0, mostOrdersAMinute - before)
  return {counted: {minute, count: before + orders.length}, row: {...row, orders}}
}
