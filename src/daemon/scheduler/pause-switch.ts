/** The one switch for everything: whatever runs or waits rests, and later goes on. The panel's button and the page use it. */
import type {Log} from '../base/log.ts'
import type {Result} from '../base/result.ts'

type StudyInQueue = {readonly id: string; readonly state: string}

export type PressOrder =
  | {readonly kind: 'pause'; readonly ids: readonly string[]}
  | {readonly kind: 'resume'; readonly ids: readonly string[]}

export interface PauseSwitch {
  /** What a press would do. */
  readonly next: () => PressOrder
  /** Turns it over: the panel has but one button. */
  readonly press: () => Promise<void>
  /** Pauses whatever runs or waits for its turn. */
  readonly pause: () => Promise<void>
  /**
   * Lets go on what the switch has paused; where it knows of nothing, as after a restart, whatever is paused. Nothing
   * where something runs or waits.
   */
  readonly resume: () => Promise<void>
  /** What `resume` would let go on. */
  readonly resumable: () => readonly string[]
}

/** Whatever runs or waits for its turn is paused; where nothing does, what the switch itself has paused is resumed. Pure. */
export const orderOfPress = (
  studies: readonly StudyInQueue[],
  pausedBySwitch: ReadonlySet<string>,
): PressOrder => {
  // The queue first: otherwise the next study would start when the running one stops.
  const queued = studies.filter(({state}) => state === 'queued')
  const running = studies.filter(({state}) => state === 'running')
  const active = [...queued, ...running].map(({id}) => id)
  if (active.length > 0) return {kind: 'pause', ids: active}
  const resumable = studies.filter(({id, state}) => state === 'paused' && pausedBySwitch.has(id))
  return {kind: 'resume', ids: resumable.map(({id}) => id)}
}

/** What it has paused is known until the program ends. */
export const openPauseSwitch = (queue: {
  readonly studies: () => readonly StudyInQueue[]
  readonly pause: (id: string) => Promise<Result<unknown>>
  readonly resume: (id: string) => Promise<Result<unknown>>
  /** Tells of every change of a study, for as long as the program runs. */
  readonly subscribe: (listener: () => void) => unknown
  readonly log: Log
}): PauseSwitch => {
  const pausedBySwitch = new Set<string>()
  queue.subscribe(() => {
    // What was let go on by hand and paused again is no longer the switch's to resume.
    for (const {id, state} of queue.studies()) if (state !== 'paused') pausedBySwitch.delete(id)
  })
  const obey = async (kind: PressOrder['kind'], ids: readonly string[]) => {
    for (const id of ids) {
      const changed = await queue[kind](id)
      // A study that has ended in the meantime is no longer there to be paused.
      if (!changed.ok) continue
      if (kind === 'pause') pausedBySwitch.add(id)
      else pausedBySwitch.delete(id)
      queue.log.info(`${id} is ${kind === 'pause' ? 'paused' : 'resumed'} by the switch.`)
    }
  }
  const next = () => orderOfPress(queue.studies(), pausedBySwitch)
  const resumable = () => {
    const {kind, ids} = next()
    if (kind === 'pause') return []
    const paused = queue.studies().filter(({state}) => state === 'paused')
    return ids.length > 0 ? ids : paused.map(({id}) => id)
  }
  return {
    next,
    resumable,
    press: () => {
      const {kind, ids} = next()
      return obey(kind, ids)
    },
    pause: async () => {
      const {kind, ids} = next()
      if (kind === 'pause') await obey(kind, ids)
    },
    resume: () => obey('resume', resumable()),
  }
}
