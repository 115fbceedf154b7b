/** The log as CSV (RFC 4180), for spreadsheets and data frames. Pure. */
import {csvLine} from '../base/csv.ts'
import {snakeCase} from '../base/json.ts'
import {measureNames, type Numbers, type Row} from './row.ts'

type Column = {readonly name: string; readonly cell: (row: Row) => string | number | undefined}

/**
 * The header, then a line a row. The rows are gone through twice: first for the zones and rails that there are, which
 * come in the order of their names, so that the same log has the same columns.
 */
export async function* csvOf(
  rows: () => AsyncIterable<Row>,
): AsyncGenerator<string, void, undefined> {
  const zones = new Set<string>()
  const powerRails = new Set<string>()
  const voltageRails = new Set<string>()
  for await (const row of rows()) {
    for (const zone of Object.keys(row.temperaturesC)) zones.add(zone)
    for (const rail of Object.keys(row.powersW)) powerRails.add(rail)
    for (const rail of Object.keys(row.voltagesV)) voltageRails.add(rail)
  }
  const columns = distinct([
    {name: 'time', cell: (row) => new Date(row.atMs).toISOString()},
    {name: 'readings', cell: (row) => row.readings},
    ...numberColumns('temperature', 'c', zones, (row) => row.temperaturesC),
    ...numberColumns(
      'temperature',
      'max_c',
      zones,
      (row) => row.temperaturesMaxC ?? row.temperaturesC,
    ),
    ...numberColumns('power', 'w', powerRails, (row) => row.powersW),
    ...numberColumns('voltage', 'v', voltageRails, (row) => row.voltagesV),
    ...measureNames.map((name) => ({
      name: snakeCase(name),
      cell: (row: Row) => row.measures[name],
    })),
    {name: 'power_mode', cell: (row) => row.powerMode},
    {name: 'trial', cell: (row) => row.trials.join(' ')},
    {name: 'alarms', cell: (row) => row.alarms.join(' ')},
    {name: 'throttle_orders', cell: ordersText},
  ])
  yield csvLine(columns.map(({name}) => name))
  for await (const row of rows()) yield csvLine(columns.map(({cell}) => cell(row)))
}

const numberColumns = (
  quantity: string,
  unit: string,
  names: ReadonlySet<string>,
  numbersOf: (row: Row) => Numbers,
): readonly Column[] =>
  [...names].sort().map((name) => ({
    name: `${quantity}_${name.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_${unit}`,
    cell: (row) => numbersOf(row)[name],
  }))

/** `thermal-fan` and `thermal_fan` would have one name. */
const distinct = (columns: readonly Column[]): readonly Column[] => {
  const uses = new Map<string, number>()
  return columns.map((column) => {
    const use = 1 + (uses.get(column.name) ?? 0)
    uses.set(column.name, use)
    return use === 1 ? column : {...column, name: `${column.name}_${use}`}
  })
}

const ordersText = ({orders}: Row): string =>
  orders
    .map(
      ({atMs, pace, reason}) =>
        `${new Date(atMs).toISOString()} micro-batch ${pace.microBatch}, duty ${pace.duty}: ${reason}`,
    )
    .join(' | ')
