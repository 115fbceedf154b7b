import type {Params} from '../space/space.ts'
import {lenetSettingOf} from '../studies/hyperparameters.ts'
import type {Task} from '../studies/study.ts'
import type {Work} from '../throttle/speeds.ts'

/** One training or command under way, as far as it matters to the device. */
export type Load = {
  /** `study/trial`, or `study/best` and `study/baseline` while one is scored. */
  readonly label: string
  readonly task: Task
  readonly params: Params
  /** Absent until it has told. */
  readonly samplesPerSecond?: number
}

/** All that is under way, as one to the device; undefined while there is nothing. Pure. */
export const workOf = (loads: readonly Load[]): Work | undefined => {
  const [first] = loads
  if (!first) return undefined
  const batches = loads.flatMap(({task, params}) => {
    const setting = task.kind === 'model' ? lenetSettingOf(params) : undefined
    return setting?.ok ? [setting.value.batch] : []
  })
  const speeds = loads.flatMap(({samplesPerSecond}) => samplesPerSecond ?? [])
  return {
    trials: loads.map(({label}) => label),
    task: nameOf(first.task),
    ...(batches.length ? {batch: Math.max(...batches)} : {}),
    // One that has not told its speed yet would make the others look slow.
    ...(speeds.length === loads.length
      ? {samplesPerSecond: speeds.reduce((sum, speed) => sum + speed, 0)}
      : {}),
  }
}

const nameOf = (task: Task): string =>
  task.kind === 'model' ? `${task.model} ${task.dataset}` : task.command
