/** Readings as the rows of a table in a terminal. Pure but for what it has shown already. */
import {notesOf, timeOf} from '../daemon/telemetry/describe.ts'
import {boardPowerW} from '../daemon/telemetry/power.ts'
import type {Reading} from '../daemon/telemetry/reading.ts'

type Column = {
  readonly title: string
  readonly cell: (reading: Reading) => string | undefined
}

const number = (value: number | undefined, digits = 0): string | undefined => value?.toFixed(digits)

const columns: readonly Column[] = [
  {title: '    time', cell: timeOf},
  {title: 'CPU °C', cell: ({temperaturesC}) => number(temperaturesC.CPU, 1)},
  {title: 'GPU °C', cell: ({temperaturesC}) => number(temperaturesC.GPU, 1)},
  {
    title: 'hottest °C',
    cell: ({temperaturesC}) => {
      const all = Object.values(temperaturesC)
      return all.length ? number(Math.max(...all), 1) : undefined
    },
  },
  {
    title: 'CPU %',
    cell: ({cpuLoad}) => (cpuLoad === undefined ? undefined : number(100 * cpuLoad)),
  },
  {
    title: 'GPU %',
    cell: ({gpuLoad, gpuPower}) =>
      gpuPower === 'off' ? 'off' : gpuLoad === undefined ? undefined : number(100 * gpuLoad),
  },
  {
    title: 'GPU MHz',
    cell: ({gpuFrequencyHz, gpuPower}) =>
      gpuPower === 'off'
        ? ''
        : gpuFrequencyHz === undefined
          ? undefined
          : number(gpuFrequencyHz / 1e6),
  },
  {
    title: 'free MiB',
    cell: ({memoryAvailableBytes}) =>
      memoryAvailableBytes === undefined ? undefined : number(memoryAvailableBytes / 2 ** 20),
  },
  {title: 'watts', cell: (reading) => number(boardPowerW(reading), 2)},
  {
    title: 'fan %',
    cell: ({fanShare}) => (fanShare === undefined ? undefined : number(100 * fanShare)),
  },
  {title: 'mode', cell: ({powerMode}) => powerMode},
]

/** The header comes again after so many rows, as the first one has scrolled away. */
const rowsUnderHeader = 20

/**
 * Turns each reading into lines: a row, under a header now and then, and what is wrong, once. A column is there as soon as
 * a reading had a value for it.
 */
export const openTable = (): ((reading: Reading) => readonly string[]) => {
  let shown: readonly Column[] = []
  let rows = 0
  let told = ''
  return (reading) => {
    const widened = columns.filter(
      (column) => shown.includes(column) || column.cell(reading) !== undefined,
    )
    const header = widened.length > shown.length || rows % rowsUnderHeader === 0
    shown = widened
    rows = header ? 1 : rows + 1
    const row = shown.map(({title, cell}) => (cell(reading) ?? '–').padStart(title.length))
    const notes = notesOf(reading).map(([kind, note]) => `  ${kind}: ${note}`)
    const isNews = notes.join() !== told
    told = notes.join()
    return [
      ...(header ? [shown.map(({title}) => title).join('  ')] : []),
      row.join('  '),
      ...(isNews ? notes : []),
    ]
  }
}
