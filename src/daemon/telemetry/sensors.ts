/** What the machine's sensors say. Reads only, and shows nothing that was not measured; what to do about it is not its business. */
import type {Clock} from '../base/clock.ts'
import {openBoardThread} from './board-thread.ts'
import type {Machine, Reading} from './reading.ts'
import {describeComputer, openSystem} from './system.ts'

export interface Sensors {
  readonly machine: Machine
  /** Loads are differences between two readings: the first has none. */
  readonly read: () => Promise<Reading>
}

/**
 * Linux and a recorded device are read by their files, any other computer through systeminformation, which also knows the
 * name of a Linux computer that is no board.
 */
export const openSensors = async (options: {
  readonly sysfsRoot: string
  readonly clock: Clock
}): Promise<Sensors> => {
  const {sysfsRoot, clock} = options
  const isHere = sysfsRoot === '/'
  if (isHere && process.platform !== 'linux') return openSystem(clock)
  const board = await openBoardThread({root: sysfsRoot, clock})
  if (!isHere || board.machine.kind === 'jetson') return board
  const {model, cpu, cores} = await describeComputer()
  return {...board, machine: {...board.machine, model, cpu, cores}}
}
