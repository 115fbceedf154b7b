/**
 * The values of a study's trials, parameter by parameter, kept in ascending order. A study grows by a trial at a time, so
 * the order of the last question is kept and the new trials are put in their places; sorting thousands of values anew for
 * each parameter took longer than everything else. It changes nothing but the time.
 */
import {type Law, lawOf, toLatent} from '../../space/distribution.ts'
import type {Space} from '../../space/space.ts'

export type Column = {
  readonly law: Law
  /** By trial; NaN where the parameter was inactive. */
  readonly values: Float64Array
  /** The hidden z of the values of an ordered parameter. */
  readonly latents: Float64Array
  /** The trials where the parameter was active, in ascending order of its value and then of their age. */
  readonly order: Uint32Array
}

type Growing = {
  readonly law: Law
  values: Float64Array
  latents: Float64Array
  order: Uint32Array
  active: number
}

type Table = {rows: readonly Float64Array[]; readonly columns: readonly Growing[]}

const tables = new WeakMap<Space, Table>()

/** A column for each parameter of the space. `rows` are the trials' values, oldest first. */
export const sortedColumns = (space: Space, rows: readonly Float64Array[]): readonly Column[] => {
  const known = tables.get(space)
  const table = known && startsWith(rows, known.rows) ? known : emptyTable(space)
  tables.set(space, table)
  table.columns.forEach((column, i) => {
    makeRoom(column, rows.length)
    for (let trial = table.rows.length; trial < rows.length; trial++) {
      insert(column, trial, rows[trial][i])
    }
  })
  table.rows = rows
  return table.columns.map(({law, values, latents, order, active}) => ({
    law,
    values: values.subarray(0, rows.length),
    latents: latents.subarray(0, rows.length),
    order: order.subarray(0, active),
  }))
}

const startsWith = (rows: readonly Float64Array[], beginning: readonly Float64Array[]): boolean =>
  beginning.length <= rows.length &&
  beginning.every((row, i) => row === rows[i] || row.every((one, j) => Object.is(one, rows[i][j])))

const emptyTable = ({parameters}: Space): Table => ({
  rows: [],
  columns: parameters.map(({distribution}) => ({
    law: lawOf(distribution),
    values: new Float64Array(0),
    latents: new Float64Array(0),
    order: new Uint32Array(0),
    active: 0,
  })),
})

const makeRoom = (column: Growing, size: number): void => {
  if (column.order.length >= size) return
  const capacity = Math.max(64, 2 * size)
  const {values, latents, order} = column
  column.values = new Float64Array(capacity)
  column.latents = new Float64Array(capacity)
  column.order = new Uint32Array(capacity)
  column.values.set(values)
  column.latents.set(latents)
  column.order.set(order)
}

const insert = (column: Growing, trial: number, value: number): void => {
  const {law, values, latents, order} = column
  values[trial] = value
  if (Number.isNaN(value) || law.kind === 'unordered') return
  const z = toLatent(law, value)
  latents[trial] = z
  let low = 0
  let high = column.active
  while (low < high) {
    const middle = (low + high) >>> 1
    if (latents[order[middle]] <= z) low = middle + 1
    else high = middle
  }
  order.copyWithin(low + 1, low, column.active)
  order[low] = trial
  column.active++
}
