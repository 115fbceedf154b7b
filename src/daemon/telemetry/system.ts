/** The sensors of a computer without Linux, and the name of any computer, through systeminformation. */
import system from 'systeminformation'
import type {Clock} from '../base/clock.ts'
import {given} from './parse.ts'
import type {Machine, Reading} from './reading.ts'
import type {Sensors} from './sensors.ts'

export const openSystem = async (clock: Clock): Promise<Sensors> => ({
  machine: await describeComputer(),
  read: async () => {
    const [load, memory, temperature, speed] = await Promise.all([
      system.currentLoad(),
      system.mem(),
      system.cpuTemperature(),
      system.cpuCurrentSpeed(),
    ])
    return {
      atMs: clock.nowMs(),
      temperaturesC: given({CPU: measured(temperature.main)}),
      ...given<Partial<Reading>>({
        cpuLoad: measured(load.currentLoad / 100),
        cpuFrequencyHz: measured(speed.avg * 1e9),
        memoryTotalBytes: measured(memory.total),
        memoryAvailableBytes: measured(memory.available),
        swapUsedBytes: memory.swaptotal > 0 ? memory.swapused : undefined,
      }),
      powersW: {},
      voltagesV: {},
      alarms: [],
    }
  },
})

/** systeminformation says null, NaN or 0 for what a machine does not tell. */
const measured = (value: number | null): number | undefined =>
  value !== null && Number.isFinite(value) && value > 0 ? value : undefined

const kinds: Readonly<Record<string, Machine['kind']>> = {linux: 'linux', darwin: 'macos'}

/** What the computer is. It costs much, some programs are started: once at the start is enough. */
export const describeComputer = async (): Promise<Machine> => {
  const [computer, cpu, memory] = await Promise.all([system.system(), system.cpu(), system.mem()])
  const model = [computer.manufacturer, computer.model].filter((word) => word && word !== '-')
  return {
    model: model.join(' ') || 'Computer',
    kind: kinds[process.platform] ?? 'other',
    cpu: [cpu.manufacturer, cpu.brand].filter(Boolean).join(' ') || 'unknown',
    cores: cpu.cores,
    memoryBytes: memory.total,
    measuresPower: false,
  }
}
