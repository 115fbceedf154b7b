/** The facade that the pages, the API and the command line see. Everything behind it can be rebuilt without them. */
import type {Clock} from './base/clock.ts'
import {type Log, reasonOf} from './base/log.ts'
import {ok, type Result, refuse} from './base/result.ts'
import type {DatasetLibrary, DatasetSummary} from './datasets/dataset.ts'
import {type DatasetDesk, openDatasetDesk} from './datasets/desk.ts'
import {type ExportedFile, type ExportFormat, exportStudy} from './exports/formats.ts'
import type {History} from './history/history.ts'
import {type Row, readingOf} from './history/row.ts'
import {hourMs, type Resolution} from './history/segments.ts'
import type {AboutMachine} from './machine/about.ts'
import type {Remark} from './machine/remark.ts'
import {startLoop} from './scheduler/loop.ts'
import {openPauseSwitch, type PauseSwitch} from './scheduler/pause-switch.ts'
import {recoverStudy} from './scheduler/recover.ts'
import {openStudyBook, type StudyBook} from './scheduler/study-book.ts'
import type {MemoryLimits} from './storage/memory-limits.ts'
import type {StudyStorage} from './storage/storage.ts'
import {type Estimate, estimateStudy} from './studies/estimate.ts'
import type {Study, StudyId, StudySettings} from './studies/study.ts'
import {
  cancelStudy,
  isFinished,
  pauseStudy,
  queueStudy,
  resumeStudy,
} from './studies/transitions.ts'
import {trialsAtOnce} from './submissions/host.ts'
import {readStudyChanges, reviseStudy} from './submissions/study-changes.ts'
import {readStudyFile} from './submissions/study-file.ts'
import type {Suggester} from './suggester/suggester.ts'
import {boardPowerW} from './telemetry/power.ts'
import type {Machine, Reading} from './telemetry/reading.ts'
import type {Pace} from './throttle/pace.ts'
import type {Work} from './throttle/speeds.ts'
import type {Order} from './throttle/throttle.ts'
import type {Trainers} from './trials/trainers.ts'
import {type LimitSettings, limitsOf} from './trials/trial-limits.ts'

export interface Daemon {
  /** Checks a study file (parsed YAML, JSON or form) and puts it at the end of the queue. */
  readonly submit: (studyFile: unknown) => Promise<Result<Study>>
  readonly pause: (id: string) => Promise<Result<Study>>
  readonly resume: (id: string) => Promise<Result<Study>>
  readonly cancel: (id: string) => Promise<Result<Study>>
  /** Pauses everything, and lets it go on. */
  readonly pauseSwitch: PauseSwitch
  /** Checks a study file as `submit` does, and queues nothing. */
  readonly check: (studyFile: unknown) => Promise<Result<StudySettings>>
  /** What a study of these settings would take, by what others took here. */
  readonly estimate: (settings: StudySettings) => Promise<Estimate>
  /** Changes limits or notes of a study; `changes` are in the words of the study file, `null` takes a limit away. */
  readonly revise: (id: string, changes: unknown) => Promise<Result<Study>>
  /** In queue order, running trials with their progress. */
  readonly studies: () => readonly Study[]
  readonly study: (id: string) => Study | undefined
  readonly export: (id: string, format: ExportFormat) => Result<ExportedFile>
  readonly datasets: () => Promise<readonly DatasetSummary[]>
  /** Gets, checks and removes them. */
  readonly datasetDesk: DatasetDesk
  readonly machine: Machine
  /** What a person should know about the box, in sentences. */
  readonly remarks: () => readonly Remark[]
  /** The last hour, one a second, oldest first. */
  readonly readings: () => readonly Reading[]
  /**
   * The thermal and performance log from `fromMs` until before `toMs`, as fine as it is kept, or thinned to `resolution`.
   */
  readonly history: (fromMs: number, toMs: number, resolution?: Resolution) => AsyncIterable<Row>
  /** The throttle's last orders, oldest first. */
  readonly orders: () => readonly Order[]
  /** What the box does now, in a sentence: `Training trial 7 of simpsons-lenet-1`, `Waiting: nothing is queued`. */
  readonly activity: () => string
  /** What a person should know about this start: damage found, results that can't be recorded. */
  readonly notices: () => readonly string[]
  /** Tells of every change until the returned function is called. */
  readonly subscribe: (listener: (event: DaemonEvent) => void) => () => void
}

export type DaemonEvent =
  | {readonly kind: 'study'; readonly id: string}
  | {readonly kind: 'reading'; readonly reading: Reading}
  | {readonly kind: 'order'; readonly order: Order}
  /** Something is done, or is being done, to a data set. */
  | {readonly kind: 'datasets'}

/** What only the one who started the daemon may do. */
export interface RunningDaemon extends Daemon {
  /**
   * Goes on with the unfinished study of exactly these settings, or submits a new one; in the foreground it is then the
   * only one to run.
   */
  readonly continueOrSubmit: (
    studyFile: unknown,
  ) => Promise<Result<{readonly study: Study; readonly isContinued: boolean}>>
  /** What is trained now, as the device feels it. */
  readonly work: () => Work | undefined
  /** A reading of the device, and the throttle's order where it gave one. */
  readonly observe: (reading: Reading, order?: Order) => void
  /** Whether work has stopped because its results could not be recorded. */
  readonly isBroken: () => boolean
  /** Stops all work. Trials that were cut off start again when their study goes on. */
  readonly stop: () => Promise<void>
}

export type DaemonParts = {
  readonly storage: StudyStorage
  readonly datasets: DatasetLibrary
  readonly trainers: Trainers
  readonly suggester: Suggester
  /** Where the last hour is read back from. Its rows are written by others. */
  readonly history: Pick<History, 'rows'>
  /** Asked for each trial: they may change. */
  readonly trialLimits: () => LimitSettings
  readonly memoryLimits: MemoryLimits
  readonly machine: Machine
  /** Of the first trial, until the first order. */
  readonly pace: Pace
  readonly about: AboutMachine
  readonly clock: Clock
  readonly log: Log
  /** Runs nothing but the study given to `continueOrSubmit`. */
  readonly foreground: boolean
}

const readingsKept = 3_600
const ordersKept = 200

/** Loads the studies and goes on with the queue. */
export const startDaemon = async (parts: DaemonParts): Promise<RunningDaemon> => {
  const {storage, clock, log} = parts
  const {studies, notices: damage, taken} = await storage.load()
  const notices = [...damage]
  const listeners = new Set<(event: DaemonEvent) => void>()
  const readings = await lastHour(parts.history, clock.nowMs())
  const orders: Order[] = []
  let {measuresPower} = parts.machine
  let focus: StudyId | undefined
  let isBroken = false

  const subscribe: Daemon['subscribe'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const tell = (event: DaemonEvent) => {
    for (const listener of listeners) listener(event)
  }
  const book = openStudyBook(studies.map(recoverStudy), storage, (id) => tell({kind: 'study', id}))
  const loop = startLoop({
    book,
    datasets: parts.datasets,
    trainers: parts.trainers,
    suggester: parts.suggester,
    clock,
    log,
    pace: parts.pace,
    limitsOf: (settings) => limitsOf(settings, parts.machine, parts.trialLimits()),
    memoryLimits: parts.memoryLimits,
    isMine: (id) => !parts.foreground || id === focus,
    onBroken: (error) => {
      log.error('work has stopped', error)
      isBroken = true
      notices.push(
        `Work has stopped, for nothing more can be recorded: ${reasonOf(error)}. Free some space, or see to the disk; then Simmer is to be started anew, which it does by itself where it is a service.`,
      )
    },
  })

  const readSettings = async (studyFile: unknown): Promise<Result<StudySettings>> =>
    readStudyFile(studyFile, await datasetNames(parts.datasets), {
      measuresPower,
      trialsAtOnce: trialsAtOnce(parts.machine),
    })

  const submit = async (studyFile: unknown): Promise<Result<Study>> => {
    const settings = await readSettings(studyFile)
    if (!settings.ok) return settings
    const study = newStudy(settings.value, orderAfter(book.all(), taken), clock.nowMs())
    if (parts.foreground) focus = study.id
    await book.add(study)
    log.info(`${study.id} is queued`)
    loop.wake()
    return ok(study)
  }

  const datasetDesk = openDatasetDesk({
    library: parts.datasets,
    usedBy: (dataset) =>
      book.all().find((study) => study.state === 'running' && trainsOn(study, dataset))?.settings
        .name,
    onChange: () => tell({kind: 'datasets'}),
    log,
  })
  const pause = async (id: string) => {
    const paused = await change(book, id, (study) => pauseStudy(study, 'Paused by hand.'))
    if (paused.ok) loop.release(paused.value.id)
    return paused
  }
  const resume = async (id: string) => {
    const resumed = await change(book, id, resumeStudy)
    loop.wake()
    return resumed
  }

  for (const notice of notices) log.warn(notice)
  loop.wake()

  return {
    submit,
    continueOrSubmit: async (studyFile) => {
      const settings = await readSettings(studyFile)
      if (!settings.ok) return settings
      const same = book.all().find((study) => isUnfinishedOf(study, settings.value))
      if (!same) {
        const study = await submit(studyFile)
        return study.ok ? ok({study: study.value, isContinued: false}) : study
      }
      if (parts.foreground) focus = same.id
      if (same.state === 'paused') await change(book, same.id, resumeStudy)
      loop.wake()
      return ok({study: same, isContinued: true})
    },
    pause,
    resume,
    cancel: async (id) => {
      const canceled = await change(book, id, (study) => cancelStudy(study, clock.nowMs()))
      if (canceled.ok) loop.release(canceled.value.id)
      return canceled
    },
    pauseSwitch: openPauseSwitch({studies: book.all, pause, resume, subscribe, log}),
    check: readSettings,
    estimate: async (settings) => {
      const tested = parts.about.testedSamplesPerSecond
      return estimateStudy(settings, {
        studies: book.all(),
        trainCounts: trainCountsOf(await parts.datasets.list()),
        ...(tested === undefined ? {} : {testedSamplesPerSecond: tested}),
      })
    },
    revise: async (id, changes) => {
      const read = readStudyChanges(changes)
      if (!read.ok) return read
      const revised = await change(book, id, (study) =>
        reviseStudy(study, read.value, clock.nowMs()),
      )
      loop.wake()
      return revised
    },
    studies: book.all,
    study: book.find,
    export: (id, format) => {
      const study = book.find(id)
      return study ? ok(exportStudy(study, format, parts.machine.model)) : noSuchStudy(id)
    },
    datasets: parts.datasets.list,
    datasetDesk,
    machine: parts.machine,
    remarks: parts.about.remarks,
    readings: () => readings,
    history: parts.history.rows,
    orders: () => orders,
    activity: loop.activity,
    notices: () => notices,
    subscribe,
    work: loop.work,
    observe: (reading, order) => {
      keepLast(readings, reading, readingsKept)
      parts.about.observe(reading)
      const powerW = boardPowerW(reading)
      // Sensors may come late.
      measuresPower ||= powerW !== undefined
      loop.readPower(powerW)
      tell({kind: 'reading', reading})
      if (!order) return
      keepLast(orders, order, ordersKept)
      loop.setPace(order.pace)
      log.info(order.reason)
      tell({kind: 'order', order})
    },
    isBroken: () => isBroken,
    stop: async () => {
      await Promise.all([loop.stop(), datasetDesk.close()])
      if (!isBroken) await recordCutOffs(book)
      await storage.close()
    },
  }
}

const trainsOn = ({settings: {task}}: Study, dataset: string): boolean =>
  task.kind === 'model' && task.dataset === dataset

/** What was read before a restart, so that the charts go on. */
const lastHour = async (history: Pick<History, 'rows'>, nowMs: number): Promise<Reading[]> => {
  const readings: Reading[] = []
  for await (const row of history.rows(nowMs - hourMs, nowMs)) readings.push(readingOf(row))
  return readings.slice(-readingsKept)
}

/** Trials that were running are waiting from now on. */
const recordCutOffs = async (book: StudyBook): Promise<void> => {
  for (const study of book.all()) {
    if (study.state === 'running') await book.commit(study.id, recoverStudy)
  }
}

/** Changes a study where the change is allowed, or says why it is not. */
const change = async (
  book: StudyBook,
  id: string,
  decide: (study: Study) => Result<Study>,
): Promise<Result<Study>> => {
  const study = book.find(id)
  if (!study) return noSuchStudy(id)
  const decided = decide(study)
  return decided.ok ? ok(await book.commit(study.id, () => decided.value)) : decided
}

const noSuchStudy = (id: string): Result<never> =>
  refuse(`Expected the id of a study, got ${JSON.stringify(id)}. The list of studies shows them.`)

const datasetNames = async (datasets: DatasetLibrary): Promise<readonly string[]> =>
  (await datasets.list()).map((one) => one.name)

const trainCountsOf = (datasets: readonly DatasetSummary[]): ReadonlyMap<string, number> =>
  new Map(datasets.map(({name, trainCount}) => [name, trainCount]))

/** After all studies, and after those that are there but can't be shown: their ids end in their orders. */
const orderAfter = (studies: readonly Study[], taken: readonly string[]): number =>
  1 +
  Math.max(
    0,
    ...studies.map(({order}) => order),
    ...taken.map((id) => Number(/-(\d+)$/.exec(id)?.[1] ?? 0)),
  )

const newStudy = (settings: StudySettings, order: number, nowMs: number): Study => {
  // Lower-case letters, digits and dashes: an id is also a folder's name and a part of addresses.
  const slug = settings.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const id = `${slug.slice(0, 40) || 'study'}-${order}` as StudyId // made here, and only here
  return queueStudy(settings, {id, order, nowMs})
}

const isUnfinishedOf = (study: Study, settings: StudySettings): boolean =>
  !isFinished(study) && JSON.stringify(study.settings) === JSON.stringify(settings)

const keepLast = <T>(items: T[], item: T, most: number): void => {
  items.push(item)
  if (items.length > most) items.shift()
}
