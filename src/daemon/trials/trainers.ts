/** The training processes of the box: idle ones are kept warm for the next job, broken ones are not used again. */
import type {TrainingJob} from './messages.ts'
import {startTrainerProcess, type TrainerOptions, type TrainerProcess} from './trainer-process.ts'
import type {TrialRun, TrialStart} from './trial-run.ts'

export interface Trainers {
  readonly run: (job: TrainingJob, start: TrialStart) => TrialRun
  /** Ends idle processes and gives their memory back. */
  readonly rest: () => Promise<void>
  /** Ends all processes. */
  readonly close: () => Promise<void>
}

export const openTrainers = (options: TrainerOptions): Trainers => {
  const processes = new Set<TrainerProcess>()

  const takeOne = (): TrainerProcess => {
    const idle = [...processes].find((one) => one.isReusable())
    const taken = idle ?? startTrainerProcess(options)
    processes.add(taken)
    return taken
  }
  const end = async (ended: readonly TrainerProcess[]) => {
    for (const one of ended) processes.delete(one)
    await Promise.all(ended.map((one) => one.close()))
  }

  return {
    run: (job, start) => {
      const taken = takeOne()
      const run = taken.run(job, start)
      const outcome = run.outcome.then(async (ended) => {
        if (!taken.isReusable()) await end([taken])
        return ended
      })
      return {...run, outcome}
    },
    rest: () => end([...processes].filter((one) => one.isReusable())),
    close: () => end([...processes]),
  }
}
