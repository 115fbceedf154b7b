/** Makes few rows of many: means, the highest temperatures, and every alarm, trial and order. Pure. */
import {measuresOf, type Numbers, type Row, roundedAll, steps} from './row.ts'

/** One row for each `spanMs` of the wall clock that has any. `rows` come in order of time. */
export const thin = (rows: readonly Row[], spanMs: number): readonly Row[] => {
  const spans: Row[][] = []
  let current: number | undefined
  for (const row of rows) {
    const span = Math.floor(row.atMs / spanMs)
    if (span !== current) spans.push([])
    spans.at(-1)?.push(row)
    current = span
  }
  return spans.map(meanRow)
}

/** The same of rows that come one by one, for there may be more of them than fit into memory. */
export async function* thinEach(
  rows: AsyncIterable<Row>,
  spanMs: number,
): AsyncGenerator<Row, void, undefined> {
  let held: Row[] = []
  for await (const row of rows) {
    if (held[0] && Math.floor(held[0].atMs / spanMs) !== Math.floor(row.atMs / spanMs)) {
      yield meanRow(held)
      held = []
    }
    held.push(row)
  }
  if (held.length > 0) yield meanRow(held)
}

const meanRow = (rows: readonly Row[]): Row => {
  const measures = meansOf(rows, (row) => row.measures)
  const powerMode = rows.findLast((row) => row.powerMode !== undefined)?.powerMode
  return {
    atMs: rows[0].atMs,
    readings: rows.reduce((sum, row) => sum + row.readings, 0),
    temperaturesC: roundedAll(
      meansOf(rows, (row) => row.temperaturesC),
      steps.temperaturesC,
    ),
    temperaturesMaxC: highestOf(rows),
    powersW: roundedAll(
      meansOf(rows, (row) => row.powersW),
      steps.powersW,
    ),
    voltagesV: roundedAll(
      meansOf(rows, (row) => row.voltagesV),
      steps.voltagesV,
    ),
    measures: measuresOf((name) => measures[name]),
    ...(powerMode === undefined ? {} : {powerMode}),
    trials: union(rows.map((row) => row.trials)),
    alarms: union(rows.map((row) => row.alarms)),
    orders: rows.flatMap((row) => row.orders),
  }
}

/** Each mean is over the rows that have the number: a sensor that was away does not count as zero. */
const meansOf = (rows: readonly Row[], numbersOf: (row: Row) => Partial<Numbers>): Numbers => {
  const totals = new Map<string, {sum: number; readings: number}>()
  for (const row of rows) {
    for (const [name, value] of Object.entries(numbersOf(row))) {
      if (value === undefined) continue
      const {sum, readings} = totals.get(name) ?? {sum: 0, readings: 0}
      totals.set(name, {sum: sum + value * row.readings, readings: readings + row.readings})
    }
  }
  return Object.fromEntries([...totals].map(([name, {sum, readings}]) => [name, sum / readings]))
}

const highestOf = (rows: readonly Row[]): Numbers => {
  const highest: Record<string, number> = {}
  for (const {temperaturesC, temperaturesMaxC = temperaturesC} of rows) {
    for (const [zone, temperatureC] of Object.entries(temperaturesMaxC)) {
      highest[zone] = Math.max(highest[zone] ?? temperatureC, temperatureC)
    }
  }
  return highest
}

const union = (lists: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(lists.flat()),
]
