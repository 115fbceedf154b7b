import {dutyCycleOf} from './duty-cycle.ts'

/** Keeps a process at a duty by stopping and continuing it. */
export interface Pacer {
  readonly setDuty: (duty: number) => void
  /** Leaves it running, and signals it no more. */
  readonly release: () => void
}

/** At duty 1 it never signals. */
export const startPacer = (signal: (name: 'SIGSTOP' | 'SIGCONT') => void, duty: number): Pacer => {
  let cycle = dutyCycleOf(1)
  let isStanding = false
  let sinceMs = performance.now()
  let timer: NodeJS.Timeout | undefined

  const turnTo = (standing: boolean) => {
    if (standing === isStanding) return
    isStanding = standing
    sinceMs = performance.now()
    signal(standing ? 'SIGSTOP' : 'SIGCONT')
  }
  /** Waits for the end of the stretch it is in, which may be over already. */
  const arm = () => {
    clearTimeout(timer)
    if (cycle.kind !== 'alternate') return turnTo(cycle.kind === 'stand')
    const stretchMs = isStanding ? cycle.standMs : cycle.runMs
    timer = setTimeout(
      () => {
        turnTo(!isStanding)
        arm()
      },
      stretchMs - (performance.now() - sinceMs),
    )
  }
  const setDuty = (next: number) => {
    cycle = dutyCycleOf(next)
    arm()
  }
  setDuty(duty)
  return {setDuty, release: () => setDuty(1)}
}
