import type {Clock} from '../base/clock.ts'
import {type DeviceFiles, textOf} from './device-files.ts'
import {parseWhole, within} from './parse.ts'
import type {Part} from './part.ts'

const hwmon = '/sys/class/hwmon'
const interrupts = '/proc/interrupts'

/** So long the alarm stands after the last event. */
const holdMs = 60_000

/** Events that the hardware has counted since its start, by the name of the counter, and when one came last. */
export type OverCurrentMemory = {
  readonly counts: Map<string, number>
  lastMs?: number
}

/**
 * The board's own over-current protection, which brakes the processors for an instant: a Nano counts the interrupts of
 * `soctherm_edp`, an Orin the events of `soctherm_oc`. An event is a count that has grown since the last look.
 */
export const findOverCurrent = (
  files: DeviceFiles,
  clock: Pick<Clock, 'monotonicMs'>,
  memory: OverCurrentMemory,
): Part => {
  const counters = findCounters(files)
  return ({measure}) => {
    for (const {name, path, parse} of counters) {
      const count = measure(name, path, parse)
      const before = memory.counts.get(name)
      if (count === undefined) continue
      memory.counts.set(name, count)
      if (before !== undefined && count > before) memory.lastMs = clock.monotonicMs()
    }
    const {lastMs} = memory
    const isRecent = lastMs !== undefined && clock.monotonicMs() - lastMs < holdMs
    return isRecent
      ? {
          isOverCurrent: true,
          alarms: [
            'The board has braked itself because it drew too much current. Check the supply.',
          ],
        }
      : {}
  }
}

const findCounters = (files: DeviceFiles) => {
  const soctherm = files
    .list(hwmon)
    .find((name) => textOf(files, `${hwmon}/${name}/name`) === 'soctherm_oc')
  if (soctherm) {
    return files
      .list(`${hwmon}/${soctherm}`)
      .filter((name) => /^oc\d_event_cnt$/.test(name))
      .map((name) => ({
        name: `${name.slice(0, 3)} events`,
        path: `${hwmon}/${soctherm}/${name}`,
        parse: (text: string) => within(parseWhole(text), 0, Number.MAX_SAFE_INTEGER),
      }))
  }
  return textOf(files, interrupts)?.includes('soctherm_edp')
    ? [{name: 'over-current events', path: interrupts, parse: parseInterrupts}]
    : []
}

/** ` 25:  3  0  0  0  GICv2  83 Level  soctherm_edp`: a count for each core. */
const parseInterrupts = (text: string): number | undefined => {
  const counts = /^ *\d+:((?: +\d+)+) .*soctherm_edp/m.exec(text)?.[1]
  return counts
    ?.trim()
    .split(/\s+/)
    .reduce((sum, count) => sum + Number(count), 0)
}
