/** Energy and power in the units of people. Pure. */
import type {Energy, Spent} from './study.ts'

/** What an ended trial used, where that was measured. */
export const energyOf = ({joules, durationMs}: Spent): Energy | undefined =>
  joules === undefined || durationMs <= 0 ? undefined : {joules, measuredMs: durationMs}

export const wattHours = ({joules}: Energy): number => joules / 3600

export const meanPowerW = ({joules, measuredMs}: Energy): number => (1000 * joules) / measuredMs
