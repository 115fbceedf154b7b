/** Whether a running trial of a study is worth going on with. Pure. */
import {judge} from '../pruners/judge.ts'
import type {Curve, Report} from '../pruners/pruner.ts'
import {lenetSettingOf} from './hyperparameters.ts'
import type {Epoch, PruningReason, Study, Trial} from './study.ts'
import {type EndedTrial, hasEnded, knownTo} from './summary.ts'

/**
 * Why the running trial should be stopped at its last epoch; undefined where it should go on. Of the other trials only
 * those count that its suggestion learned from. They had ended before it began, so the answer is the same whatever ran
 * beside it, and after a restart.
 */
export const reasonToPrune = (study: Study, id: number): PruningReason | undefined => {
  const {
    pruner,
    objectives: [objective],
  } = study.settings
  const trial = study.trials[id]
  if (!pruner || trial?.state !== 'running') return undefined
  const reports = reportsOf(trial.epochs, objective.metric)
  const last = reports.at(-1)
  // Without a value at this very epoch there is nothing to judge.
  if (last === undefined || last.epoch !== trial.epochs.at(-1)?.epoch) return undefined
  if (isLastEpoch(study, trial, last.epoch)) return undefined
  const verdict = judge(pruner, {
    goal: objective.goal,
    reports,
    earlier: knownTo(study, id)
      .filter(hasEnded)
      .map((one) => curveOf(one, objective.metric)),
  })
  if (verdict.kind === 'go-on') return undefined
  const value = Number(verdict.judged.toPrecision(4))
  return {
    kind: pruner.name,
    message: `Epoch ${last.epoch}: ${objective.metric} ${value} ${verdict.finding}.`,
  }
}

const curveOf = (trial: EndedTrial, metric: string): Curve => ({
  reports: reportsOf(trial.epochs, metric),
  isComplete: trial.state === 'complete',
})

const reportsOf = (epochs: readonly Epoch[], metric: string): readonly Report[] =>
  epochs.flatMap(({epoch, metrics}) => {
    const value = metrics[metric]
    return value !== undefined && Number.isFinite(value) ? [{epoch, value}] : []
  })

/** A model that has trained all of its epochs has its result; to stop it then saves nothing. A command's end is not known. */
const isLastEpoch = ({settings}: Study, {params}: Trial, epoch: number): boolean => {
  if (settings.task.kind !== 'model') return false
  const setting = lenetSettingOf(params)
  return setting.ok && epoch >= setting.value.epochs
}
