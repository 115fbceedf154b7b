/** What a study will likely take, judged by what trials took on this machine before. Pure. */

import {seededRandom} from '../base/random.ts'
import {medianOf} from '../base/statistics.ts'
import {paramsOf, samplePoint} from '../space/sample.ts'
import {type LenetSetting, lenetSettingOf} from './hyperparameters.ts'
import type {Study, StudySettings} from './study.ts'
import {type CompleteTrial, completeTrials} from './summary.ts'

/** What an estimate rests on. */
export type Basis =
  /** `isScaled`: none of them had the width that is planned, so the speed was reckoned from other widths. */
  | {readonly kind: 'history'; readonly trials: number; readonly isScaled: boolean}
  | {readonly kind: 'speed-test'; readonly samplesPerSecond: number}
  | {readonly kind: 'nothing'; readonly why: string}

export type Estimate = {
  readonly basis: Basis
  /** As many as the limits leave time for; undefined where that is not known. */
  readonly trials?: number
  /** Training, with the final test; where a pruner stops trials it is less. */
  readonly durationMs?: number
  /** Of the whole board. */
  readonly joules?: number
  /** The study itself, as it is stored. */
  readonly diskBytes?: number
}

export type Known = {
  readonly studies: readonly Study[]
  /** How many training pictures each data set has. */
  readonly trainCounts: ReadonlyMap<string, number>
  /** What the machine's speed test came to, of the LeNet-5 at width 1. */
  readonly testedSamplesPerSecond?: number
}

export const estimateStudy = (settings: StudySettings, known: Known): Estimate => {
  const cost =
    settings.task.kind === 'model' ? modelCost(settings, known) : commandCost(settings, known)
  const bytesPerTrial = storedBytesPerTrial(settings)
  const {basis, msPerTrial, joulesPerTrial} = cost
  const {trials: most, hours} = settings.budget
  const affordable =
    hours === undefined || msPerTrial === undefined
      ? undefined
      : Math.max(1, Math.ceil((hours * hourMs) / msPerTrial))
  const isByTime = affordable !== undefined && (most === undefined || affordable < most)
  const trials = isByTime ? affordable : most
  const last = settings.task.kind === 'model' ? finalTrainings(settings) : 0
  return {
    basis,
    ...(trials === undefined ? {} : {trials, diskBytes: trials * bytesPerTrial * timesKept}),
    ...(msPerTrial === undefined || trials === undefined
      ? {}
      : {durationMs: Math.round((trials + last) * msPerTrial)}),
    ...(joulesPerTrial === undefined || trials === undefined
      ? {}
      : {joules: (trials + last) * joulesPerTrial}),
  }
}

const hourMs = 3_600_000
/** Two snapshots and the changes since, as the storage keeps them. */
const timesKept = 3

/** The best setting, and where it was asked for the default one, are trained once more with the validation pictures. */
const finalTrainings = ({baseline, validationShare}: StudySettings): number =>
  (baseline ? 2 : 1) / (1 - validationShare)

type Cost = {
  readonly basis: Basis
  /** Of the study's time: trials side by side share it. */
  readonly msPerTrial?: number
  readonly joulesPerTrial?: number
}

/** Older trials say little of the machine as it is now. */
const mostTrials = 300
const draws = 128

const modelCost = (settings: StudySettings, known: Known): Cost => {
  const {task, space, parallel, validationShare} = settings
  if (task.kind !== 'model') return nothingKnown('No study of this kind has run.')
  const pictures = known.trainCounts.get(task.dataset)
  if (pictures === undefined) return nothingKnown('It is not known how large the data set is.')
  const rng = seededRandom(0, 'estimate')
  const planned = Array.from({length: draws}, () =>
    lenetSettingOf(paramsOf(space, samplePoint(space, rng))),
  ).flatMap((one) => (one.ok ? [one.value] : []))
  const samplesOf = ({epochs}: LenetSetting) => epochs * pictures * (1 - validationShare)
  const measured = latestOfOneBackend(measuredTrials(known))
  if (measured.length === 0) {
    const tested = known.testedSamplesPerSecond
    if (tested === undefined) return nothingKnown('No trial of a model has run here yet.')
    const ms = planned.map(
      (setting) => (1000 * samplesOf(setting) * workOf(setting.width)) / tested,
    )
    return {
      basis: {kind: 'speed-test', samplesPerSecond: tested},
      msPerTrial: mean(ms) * besidesTraining,
    }
  }
  const speeds = planned.map(({width}) => speedAt(width, parallel, measured))
  const ratio = medianOf(measured.map((one) => one.ratio))
  const ms = planned.map((setting, i) => (1000 * samplesOf(setting)) / speeds[i].samplesPerSecond)
  const withJoules = measured.flatMap((one) =>
    one.joulesPerSample === undefined ? [] : [{...one, joulesPerSample: one.joulesPerSample}],
  )
  const joules = withJoules.length
    ? planned.map((setting) => samplesOf(setting) * joulesAt(setting.width, withJoules))
    : undefined
  return {
    basis: {
      kind: 'history',
      trials: measured.length,
      isScaled: speeds.some(({isScaled}) => isScaled),
    },
    msPerTrial: mean(ms) * ratio,
    ...(joules ? {joulesPerTrial: mean(joules)} : {}),
  }
}

/** Validation and the start of a trial, where no trial has shown how long they take. */
const besidesTraining = 1.2

/** How much more there is to compute than at width 1: most layers grow with its square, the first and the last do not. */
const workOf = (width: number): number => width ** 1.5

/** What one trial showed. */
type Measured = {
  readonly backend: string
  readonly startedAtMs: number
  readonly width: number
  readonly samplesPerSecond: number
  /** How many ran at once. */
  readonly parallel: number
  /** All of its time against that of its training alone. */
  readonly ratio: number
  readonly joulesPerSample?: number
}

const measuredTrials = ({studies, trainCounts}: Known): readonly Measured[] =>
  studies
    .flatMap((study) => completeTrials(study).map((trial) => ({study, trial})))
    .sort((a, b) => b.trial.startedAtMs - a.trial.startedAtMs)
    .slice(0, mostTrials)
    .flatMap(({study, trial}) => measuredOf(study.settings, trial, trainCounts) ?? [])

const measuredOf = (
  {task, parallel, validationShare}: StudySettings,
  {params, samplesPerSecond, durationMs, joules, backend, startedAtMs}: CompleteTrial,
  trainCounts: Known['trainCounts'],
): Measured | undefined => {
  const pictures = task.kind === 'model' ? trainCounts.get(task.dataset) : undefined
  const setting = lenetSettingOf(params)
  if (pictures === undefined || !setting.ok || samplesPerSecond <= 0) return undefined
  const samples = setting.value.epochs * pictures * (1 - validationShare)
  return {
    backend,
    startedAtMs,
    width: setting.value.width,
    samplesPerSecond,
    parallel,
    ratio: Math.max(1, durationMs / ((1000 * samples) / samplesPerSecond)),
    ...(joules === undefined ? {} : {joulesPerSample: joules / samples}),
  }
}

/** What the machine trains with now is what it trained with last. */
const latestOfOneBackend = (measured: readonly Measured[]): readonly Measured[] =>
  measured.filter(({backend}) => backend === measured[0]?.backend)

/** Of widths within a fifth of each other, the speed is about the same. */
const isNear = (a: number, b: number): boolean => Math.abs(Math.log2(a / b)) < 0.25
const fewestNear = 3

/** Of all trials that run at once together. */
const speedAt = (
  width: number,
  parallel: number,
  measured: readonly Measured[],
): {readonly samplesPerSecond: number; readonly isScaled: boolean} => {
  const together = (one: Measured) => one.samplesPerSecond * Math.min(parallel, one.parallel)
  const near = measured.filter((one) => isNear(one.width, width))
  return near.length >= fewestNear
    ? {samplesPerSecond: medianOf(near.map(together)), isScaled: false}
    : {
        samplesPerSecond: medianOf(
          measured.map((one) => (together(one) * workOf(one.width)) / workOf(width)),
        ),
        isScaled: near.length === 0,
      }
}

const joulesAt = (
  width: number,
  measured: readonly (Measured & {readonly joulesPerSample: number})[],
): number => {
  const near = measured.filter((one) => isNear(one.width, width))
  return near.length >= fewestNear
    ? medianOf(near.map((one) => one.joulesPerSample))
    : medianOf(measured.map((one) => (one.joulesPerSample * workOf(width)) / workOf(one.width)))
}

/** By the trials of the same command. */
const commandCost = ({task, parallel}: StudySettings, {studies}: Known): Cost => {
  const same = studies.filter(
    ({settings}) =>
      task.kind === 'command' &&
      settings.task.kind === 'command' &&
      settings.task.command === task.command,
  )
  const trials = same
    .flatMap((study) => completeTrials(study))
    .sort((a, b) => b.startedAtMs - a.startedAtMs)
    .slice(0, mostTrials)
  if (trials.length === 0) return nothingKnown('No trial of this command has run here yet.')
  const joules = trials.flatMap((trial) => trial.joules ?? [])
  return {
    basis: {kind: 'history', trials: trials.length, isScaled: false},
    msPerTrial: mean(trials.map(({durationMs}) => durationMs)) / parallel,
    ...(joules.length ? {joulesPerTrial: mean(joules)} : {}),
  }
}

const nothingKnown = (why: string): Cost => ({basis: {kind: 'nothing', why}})

const bytesPerEpoch = 110
const bytesBesides = 260

/** Of a drawn trial as JSON. A command may report as often as it likes; it counts as ten epochs. */
const storedBytesPerTrial = ({space, task}: StudySettings): number => {
  const rng = seededRandom(0, 'estimate')
  const sizes = Array.from({length: 16}, () => {
    const point = samplePoint(space, rng)
    const params = paramsOf(space, point)
    const setting = task.kind === 'model' ? lenetSettingOf(params) : undefined
    const epochs = setting?.ok ? setting.value.epochs : 10
    return JSON.stringify({point, params}).length + bytesBesides + bytesPerEpoch * epochs
  })
  return mean(sizes)
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)
