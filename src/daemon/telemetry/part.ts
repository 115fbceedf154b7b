import type {Gauges} from './gauges.ts'
import type {Reading} from './reading.ts'

/** What one look at one kind of sensors adds to a reading. */
export type Measured = Partial<Omit<Reading, 'atMs' | 'unavailable'>>

/** One kind of sensors, found on this board: reads them. */
export type Part = (gauges: Gauges) => Measured

/** Names as they are; one that comes again gets its number: `acpitz`, `acpitz 2`. */
export const uniqueNames = (names: readonly string[]): readonly string[] => {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count === 1 ? name : `${name} ${count}`
  })
}
