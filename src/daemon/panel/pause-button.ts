/** What a short press does: everything rests, and at the next press what it has stopped goes on. */
import type {Log} from '../base/log.ts'
import type {Result} from '../base/result.ts'

type StudyInQueue = {readonly id: string; readonly state: string}

export type PressOrder =
  | {readonly kind: 'pause'; readonly ids: readonly string[]}
  | {readonly kind: 'resume'; readonly ids: readonly string[]}

/** Whatever runs or waits for its turn is paused; where nothing does, what the button itself has paused is resumed. Pure. */
export const orderOfPress = (
  studies: readonly StudyInQueue[],
  pausedByButton: ReadonlySet<string>,
): PressOrder => {
  // The queue first: otherwise the next study would start when the running one stops.
  const queued = studies.filter(({state}) => state === 'queued')
  const running = studies.filter(({state}) => state === 'running')
  const active = [...queued, ...running].map(({id}) => id)
  if (active.length > 0) return {kind: 'pause', ids: active}
  const resumable = studies.filter(({id, state}) => state === 'paused' && pausedByButton.has(id))
  return {kind: 'resume', ids: resumable.map(({id}) => id)}
}

/** Answers with what a press does. What one paused is known until the program ends. */
export const openPauseButton = (queue: {
  readonly studies: () => readonly StudyInQueue[]
  readonly pause: (id: string) => Promise<Result<unknown>>
  readonly resume: (id: string) => Promise<Result<unknown>>
  readonly log: Log
}): (() => Promise<void>) => {
  const pausedByButton = new Set<string>()
  return async () => {
    const {kind, ids} = orderOfPress(queue.studies(), pausedByButton)
    for (const id of ids) {
      const changed = await queue[kind](id)
      // A study that has ended in the meantime is no longer there to be paused.
      if (!changed.ok) continue
      if (kind === 'pause') pausedByButton.add(id)
      else pausedByButton.delete(id)
      queue.log.info(`${id} is ${kind === 'pause' ? 'paused' : 'resumed'} by the button.`)
    }
  }
}
