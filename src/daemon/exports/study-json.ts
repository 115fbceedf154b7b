/** A study and its trials as the outside sees them: in the API, in exports and in what `simmer run --json` prints. Pure. */
import type {Json} from '../base/json.ts'
import {importanceOf} from '../importance/importance.ts'
import {paramsOf} from '../space/sample.ts'
import {energyOf, meanPowerW, wattHours} from '../studies/energy.ts'
import {valuesByMetric} from '../studies/objectives.ts'
import type {
  Energy,
  LimitChange,
  Limits,
  Objective,
  Progress,
  Study,
  Trial,
} from '../studies/study.ts'
import {bestTrial, type CompleteTrial, countTrials, frontOf, hasFront} from '../studies/summary.ts'

type JsonObject = {readonly [key: string]: Json}

/**
 * `{id, state, params, …}`; `value` is the (first) objective in its own direction, `values` are both where there are two,
 * `reason` says why a trial failed or was pruned.
 */
export const trialJson = (trial: Trial, objectives: readonly Objective[]): JsonObject => {
  const base = {id: trial.id, state: trial.state, params: trial.params}
  switch (trial.state) {
    case 'waiting':
      return base
    case 'running':
      return {
        ...base,
        started_at: isoTime(trial.startedAtMs),
        epochs: epochsJson(trial),
        ...(trial.progress ? {progress: progressJson(trial.progress)} : {}),
      }
    case 'complete':
      return {
        ...base,
        ...valuesJson(trial, objectives),
        started_at: isoTime(trial.startedAtMs),
        duration_ms: trial.durationMs,
        ...energyJson(energyOf(trial)),
        samples_per_second: trial.samplesPerSecond,
        backend: trial.backend,
        epochs: epochsJson(trial),
      }
    case 'pruned':
      return {
        ...base,
        value: trial.values[0],
        reason: {...trial.reason},
        started_at: isoTime(trial.startedAtMs),
        duration_ms: trial.durationMs,
        ...energyJson(energyOf(trial)),
        epochs: epochsJson(trial),
      }
    case 'failed':
      return {
        ...base,
        reason: {...trial.reason},
        started_at: isoTime(trial.startedAtMs),
        duration_ms: trial.durationMs,
        ...energyJson(energyOf(trial)),
        epochs: epochsJson(trial),
      }
  }
}

/** A study without its trials. */
export const studyJson = (study: Study): JsonObject => ({
  id: study.id,
  name: study.settings.name,
  state: study.state,
  ...(study.reason === undefined ? {} : {reason: study.reason}),
  created_at: isoTime(study.createdAtMs),
  ...(study.finishedAtMs === undefined ? {} : {finished_at: isoTime(study.finishedAtMs)}),
  active_ms: study.activeMs,
  ...energyJson(study.energy),
  trial_counts: countTrials(study),
  ...resultJson(study),
  settings: settingsJson(study),
  ...(study.notes === undefined ? {} : {notes: study.notes}),
  ...(study.limitChanges ? {limit_changes: study.limitChanges.map(limitChangeJson)} : {}),
  ...(study.score ? {score: scoreJson(study.score)} : {}),
  ...(study.baselineScore ? {baseline_score: scoreJson(study.baselineScore)} : {}),
})

/** Which parameters matter for each objective; without an answer, `reason` says why there is none. */
export const importanceJson = (study: Study): JsonObject => ({
  method: 'functional-anova',
  trials: countTrials(study).complete,
  objectives: importanceOf(study).map(
    (one): JsonObject =>
      one.kind === 'known'
        ? {
            metric: one.metric,
            parameters: one.parameters.map((parameter) => ({...parameter})),
            rest: one.rest,
          }
        : {metric: one.metric, parameters: [], rest: null, reason: one.why},
  ),
})

/** The last line of `simmer run --json`. */
export const summaryJson = (study: Study): JsonObject => {
  const best = bestTrial(study)
  return {
    type: 'summary',
    study: study.id,
    state: study.state,
    ...(study.reason === undefined ? {} : {reason: study.reason}),
    ...resultJson(study),
    test_accuracy: study.score?.testAccuracy ?? null,
    test_accuracy_interval95: study.score ? [...study.score.interval95] : null,
    per_class: study.score ? study.score.perClass.map((one) => ({...one})) : null,
    confusion: study.score ? study.score.confusion.map((row) => [...row]) : null,
    baseline_test_accuracy: study.baselineScore?.testAccuracy ?? null,
    samples_per_second: study.score?.samplesPerSecond ?? best?.samplesPerSecond ?? null,
    backend: study.score?.backend ?? best?.backend ?? null,
    trial_counts: countTrials(study),
    active_ms: study.activeMs,
    ...energyJson(study.energy),
    seed: study.settings.seed,
  }
}

/** The settings in the words of the study file, so that they can be queued again. */
export const settingsJson = ({settings}: Study): JsonObject => ({
  name: settings.name,
  ...(settings.task.kind === 'model'
    ? {dataset: settings.task.dataset, model: settings.task.model}
    : {
        command: settings.task.command,
        ...(settings.task.silenceS === undefined ? {} : {silence_s: settings.task.silenceS}),
      }),
  space: settings.spaceSource as Json, // parsed from JSON or YAML
  optimizer: settings.optimizer,
  ...(settings.first
    ? {first: settings.first.map((point) => paramsOf(settings.space, point))}
    : {}),
  objective: hasFront({settings})
    ? settings.objectives.map((one) => ({...one}))
    : {...settings.objectives[0]},
  budget: {...settings.budget},
  seed: settings.seed,
  pruner: prunerJson(settings.pruner),
  parallel: settings.parallel,
  validation: settings.validationShare,
  baseline: settings.baseline,
  ...(settings.temperatureLimitC === undefined
    ? {}
    : {limits: {temperature_c: settings.temperatureLimitC}}),
})

/** The best trial, and the front of a study that has one. */
const resultJson = (study: Study): JsonObject => {
  const best = bestTrial(study)
  const {objectives} = study.settings
  return {
    best: best ? foundJson(best, objectives) : null,
    ...(hasFront(study)
      ? {front: frontOf(study).map((trial) => foundJson(trial, objectives))}
      : {}),
  }
}

const foundJson = (trial: CompleteTrial, objectives: readonly Objective[]): JsonObject => ({
  id: trial.id,
  ...valuesJson(trial, objectives),
  params: trial.params,
})

const valuesJson = ({values}: CompleteTrial, objectives: readonly Objective[]): JsonObject => ({
  value: values[0],
  ...(objectives.length > 1 ? {values: valuesByMetric(objectives, values)} : {}),
})

const prunerJson = (pruner: Study['settings']['pruner']): Json => {
  switch (pruner?.name) {
    case undefined:
      return 'none'
    case 'asha':
      return {name: 'asha', min_epochs: pruner.minEpochs, reduction: pruner.reduction}
    case 'median':
      return {
        name: 'median',
        startup_trials: pruner.startupTrials,
        warmup_epochs: pruner.warmupEpochs,
      }
  }
}

const scoreJson = (score: NonNullable<Study['score']>): JsonObject => ({
  params: score.params,
  test_accuracy: score.testAccuracy,
  interval95: [...score.interval95],
  per_class: score.perClass.map((one) => ({...one})),
  confusion: score.confusion.map((row) => [...row]),
  samples_per_second: score.samplesPerSecond,
  duration_ms: score.durationMs,
  backend: score.backend,
})

const energyJson = (energy: Energy | undefined): JsonObject =>
  energy ? {energy_wh: wattHours(energy), mean_power_w: meanPowerW(energy)} : {}

const progressJson = ({step, steps, samplesPerSecond}: Progress): JsonObject => ({
  step,
  steps,
  samples_per_second: samplesPerSecond,
})

const limitChangeJson = ({atMs, trial, before, after}: LimitChange): JsonObject => ({
  at: isoTime(atMs),
  trial,
  before: limitsJson(before),
  after: limitsJson(after),
})

const limitsJson = ({temperatureLimitC, ...budget}: Limits): JsonObject => ({
  budget,
  ...(temperatureLimitC === undefined ? {} : {limits: {temperature_c: temperatureLimitC}}),
})

const epochsJson = (trial: Exclude<Trial, {state: 'waiting'}>): Json =>
  trial.epochs.map((epoch) => ({epoch: epoch.epoch, ...epoch.metrics}))

const isoTime = (ms: number): string => new Date(ms).toISOString()
