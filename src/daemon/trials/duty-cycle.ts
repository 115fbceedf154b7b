/** How a process keeps a duty that can only run or stand still: in turns. Pure. */

export type DutyCycle =
  | {readonly kind: 'run'}
  | {readonly kind: 'stand'}
  | {readonly kind: 'alternate'; readonly runMs: number; readonly standMs: number}

const periodMs = 1_000
/** Timers and the scheduler of processes are not worth less. */
const shortestStretchMs = 50

/** The stretches of a duty (0–1) in a period of a second, or a longer one where a stretch would be too short to keep. */
export const dutyCycleOf = (duty: number): DutyCycle => {
  if (duty >= 1) return {kind: 'run'}
  // Also for what is no number: the gentlest.
  if (!(duty > 0)) return {kind: 'stand'}
  const period = Math.max(periodMs, shortestStretchMs / Math.min(duty, 1 - duty))
  return {kind: 'alternate', runMs: duty * period, standMs: (1 - duty) * period}
}
