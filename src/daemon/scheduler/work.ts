import {lenetSettingOf} from '../studies/hyperparameters.ts'
import type {Study} from '../studies/study.ts'
import type {Work} from '../throttle/speeds.ts'

/** What the running trials are to the device, all together; undefined while none runs. */
export const workOf = (studies: readonly Study[]): Work | undefined => {
  const running = studies.flatMap((study) =>
    study.trials.flatMap((trial) => (trial.state === 'running' ? [{study, trial}] : [])),
  )
  const [first] = running
  if (!first) return undefined
  const {task} = first.study.settings
  const speeds = running.flatMap(({trial}) => trial.progress?.samplesPerSecond ?? [])
  const batches = running.flatMap(({trial}) => {
    const setting = task.kind === 'model' ? lenetSettingOf(trial.params) : undefined
    return setting?.ok ? [setting.value.batch] : []
  })
  return {
    trial: running.map(({study, trial}) => `${study.id}/${trial.id}`).join(' '),
    task: task.kind === 'model' ? `${task.model} ${task.dataset}` : task.command,
    ...(batches.length ? {batch: Math.max(...batches)} : {}),
    // A trial that has not told its speed yet would make the others look slow.
    ...(speeds.length === running.length
      ? {samplesPerSecond: speeds.reduce((sum, speed) => sum + speed, 0)}
      : {}),
  }
}
