/** Does what next-action.ts decides: prepares data, asks for suggestions, starts and prunes trials, records how they ended. */
import type {Clock} from '../base/clock.ts'
import {type Log, reasonOf} from '../base/log.ts'
import {derivedSeed} from '../base/random.ts'
import type {DatasetLibrary} from '../datasets/dataset.ts'
import {paramsOf} from '../space/sample.ts'
import type {Params} from '../space/space.ts'
import type {MemoryLimits} from '../storage/memory-limits.ts'
import {lenetSettingOf} from '../studies/hyperparameters.ts'
import {reasonToPrune} from '../studies/pruning.ts'
import type {
  Progress,
  PruningReason,
  Spent,
  Study,
  StudyId,
  StudySettings,
} from '../studies/study.ts'
import {countTrials, knowledgeFor} from '../studies/summary.ts'
import {
  addActiveTime,
  addEnergy,
  beginStudy,
  completeStudy,
  completeTrial,
  failStudy,
  failTrial,
  pauseStudy,
  pruneTrial,
  recordScore,
  reportEpoch,
  reportProgress,
  restartTrial,
  startTrial,
} from '../studies/transitions.ts'
import type {Suggester} from '../suggester/suggester.ts'
import type {Pace} from '../throttle/pace.ts'
import type {Work} from '../throttle/speeds.ts'
import {startCommandTrial} from '../trials/command-trial.ts'
import type {TrainingJob} from '../trials/messages.ts'
import type {Outcome} from '../trials/outcome.ts'
import type {Trainers} from '../trials/trainers.ts'
import type {TrialLimits} from '../trials/trial-limits.ts'
import type {TrialListener, TrialRun} from '../trials/trial-run.ts'
import {joulesOver} from './energy.ts'
import {openEnergyAccount} from './energy-account.ts'
import {type Action, nextAction} from './next-action.ts'
import {startRetryingRun} from './retrying-run.ts'
import type {StudyBook} from './study-book.ts'
import {type Load, workOf} from './work.ts'

export interface Loop {
  /** Looks at the queue again; call it after every change from outside. */
  readonly wake: () => void
  /** Stops what runs for a study that is no longer running. */
  readonly release: (id: StudyId) => void
  readonly setPace: (pace: Pace) => void
  /** Hears of each reading of the device: W of the whole board, where that is measured. */
  readonly readPower: (powerW: number | undefined) => void
  /** What is under way, as the device feels it. */
  readonly work: () => Work | undefined
  /** What is being done now, in a sentence. */
  readonly activity: () => string
  /** Stops all work and resolves when no trial runs any more. Nothing is recorded of what was cut off. */
  readonly stop: () => Promise<void>
}

export type LoopParts = {
  readonly book: StudyBook
  readonly datasets: DatasetLibrary
  readonly trainers: Trainers
  readonly suggester: Suggester
  readonly clock: Clock
  readonly log: Log
  readonly pace: Pace
  /** What each trial of a study may take. */
  readonly limitsOf: (settings: StudySettings) => TrialLimits
  /** What is known of how much fits into memory. */
  readonly memoryLimits: MemoryLimits
  /** Whether a study may be run: in the foreground only the one that was asked for. */
  readonly isMine: (id: StudyId) => boolean
  /** Told once of an error that work can't go on after, above all that results can't be recorded any more. */
  readonly onBroken: (error: unknown) => void
}

/** Something that goes on for a study: a suggestion, a trial, its scoring, or the preparation of its data. */
type Activity = {
  readonly study: StudyId
  readonly what: string
  readonly stop: () => void
  readonly setPace: (pace: Pace) => void
  readonly ended: Promise<unknown>
  /** Its study was paused or canceled: what it still says does not count. */
  isReleased: boolean
  /** What it is to the device, where it is anything. */
  load?: Load
}

/** How a trial's process ended, or that we ended it as not worth going on with. */
type TrialEnd = Outcome | {readonly kind: 'pruned'; readonly reason: PruningReason}

export const startLoop = (parts: LoopParts): Loop => {
  const {book, clock, log} = parts
  const works = new Set<Activity>()
  const endings = new Set<Promise<void>>()
  const energy = openEnergyAccount(clock)
  const datasetFiles = new Map<StudyId, string>()
  let pace = parts.pace
  let busy = false
  let isStopped = false
  let isLooking = false
  let lookAgain = false
  let activeSinceMs: number | undefined
  let whyWaiting = 'starting'

  const wake = () => {
    lookAgain = true
    if (!isLooking) void look()
  }

  const look = async () => {
    isLooking = true
    try {
      while (lookAgain && !isStopped) {
        lookAgain = false
        const studies = book.all().filter((study) => parts.isMine(study.id))
        const action = nextAction({studies, busy})
        if (action.kind === 'wait') whyWaiting = action.why
        else {
          lookAgain = true
          await act(action)
        }
      }
      if (works.size === 0) await Promise.all([parts.trainers.rest(), parts.suggester.close()])
    } catch (error) {
      standStill(error)
    } finally {
      isLooking = false
      if (lookAgain && !isStopped) wake()
    }
  }

  /** A result that can't be recorded must not be computed: stop everything and say so. */
  const standStill = (error: unknown) => {
    if (isStopped) return
    isStopped = true
    whyWaiting = reasonOf(error)
    for (const work of works) work.stop()
    parts.onBroken(error)
  }

  const act = (action: Exclude<Action, {kind: 'wait'}>): unknown => {
    switch (action.kind) {
      case 'begin':
        return begin(action.study)
      case 'start-trial':
        return suggestAndRun(action.study, action.trial)
      case 'restart-trial':
        return rerun(action.study, action.trial)
      case 'score':
        return score(action)
      case 'complete':
        log.info(`${action.study} is complete`)
        return book.commit(action.study, (study) => completeStudy(study, clock.nowMs()))
      case 'fail':
        log.warn(`${action.study} failed: ${action.reason}`)
        return book.commit(action.study, (study) => failStudy(study, action.reason, clock.nowMs()))
      case 'pause':
        return pause(action.study, action.reason)
    }
  }

  const pause = (id: StudyId, reason: string) => {
    log.warn(`${id} is paused: ${reason}`)
    return book.commit(id, (study) => {
      const paused = pauseStudy(study, reason)
      return paused.ok ? paused.value : study
    })
  }

  const begin = (id: StudyId) => {
    const {task} = studyOf(id).settings
    if (task.kind === 'command') return book.commit(id, beginStudy)
    const abort = new AbortController()
    const preparing = parts.datasets.prepare(task.dataset, {signal: abort.signal})
    const work: Activity = {
      study: id,
      what: `Preparing the data set ${task.dataset}`,
      stop: () => abort.abort(),
      setPace: () => {},
      ended: preparing,
      isReleased: false,
    }
    busy = true
    follow(work, async () => {
      const prepared = await preparing
      busy = false
      if (isStopped || work.isReleased) return
      if (!prepared.ok) {
        await pause(id, prepared.problems.join(' '))
        return
      }
      datasetFiles.set(id, prepared.value.file)
      await book.commit(id, beginStudy)
    })
  }

  const suggestAndRun = (id: StudyId, trial: number) => {
    const study = studyOf(id)
    const {settings} = study
    const abort = new AbortController()
    const suggestion = parts.suggester.suggest(
      {
        study: id,
        optimizer: settings.optimizer,
        question: {
          space: settings.space,
          ...knowledgeFor(study, trial),
          seed: settings.seed,
          trial,
          budgetTrials: settings.budget.trials,
          first: settings.first,
        },
      },
      abort.signal,
    )
    const work: Activity = {
      study: id,
      what: `Choosing the setting of trial ${trial} of ${id}`,
      stop: () => abort.abort(),
      setPace: () => {},
      ended: suggestion,
      isReleased: false,
    }
    busy = true
    follow(work, async () => {
      const point = await suggestion
      // A pause or cancellation that is still being recorded has not released the work yet, but the study knows of it.
      // With other limits since it was asked for, it is asked for again: they say from which trial on they hold.
      const now = studyOf(id)
      const isWanted =
        !isStopped && !work.isReleased && now.state === 'running' && now.settings === settings
      if (point && isWanted) {
        await runTrial(id, {id: trial, point, params: paramsOf(settings.space, point)})
      }
      busy = false
    })
  }

  const rerun = (id: StudyId, trial: number) => {
    const {point, params} = studyOf(id).trials[trial] as Study['trials'][number] // next-action found it there
    return runTrial(id, {id: trial, point, params})
  }

  const runTrial = async (id: StudyId, trial: Parameters<typeof startTrial>[1]) => {
    // Recorded before it runs: after a kill the same trial is run again.
    await book.commit(id, (study) => startTrial(study, trial, clock.nowMs()))
    if (isStopped || studyOf(id).trials[trial.id]?.state !== 'running') return
    const startedMs = clock.monotonicMs()
    activeSinceMs ??= startedMs
    let pruning: PruningReason | undefined
    const note = (change: (study: Study) => Study) => {
      // What a pruned trial still says while it stops does not count, or its record would hang on how fast it stops.
      if (!work.isReleased && !pruning) book.note(id, change)
    }
    const takeShare = energy.open()
    const run = launch(
      studyOf(id),
      trial.id,
      trial.params,
      {
        onProgress: (progress) => {
          noteSpeed(work, progress)
          note((study) => reportProgress(study, trial.id, progress))
        },
        onEpoch: (epoch) => {
          note((study) => reportEpoch(study, trial.id, epoch))
          if (work.isReleased) return
          pruning ??= reasonToPrune(studyOf(id), trial.id)
          if (pruning) run.stop()
        },
      },
      () => note((study) => restartTrial(study, trial.id)),
    )
    const work = runningWork(id, `Training trial ${trial.id} of ${id}`, run, {
      label: `${id}/${trial.id}`,
      params: trial.params,
    })
    follow(work, async () => {
      const outcome = await run.outcome
      const share = takeShare()
      if (isStopped || work.isReleased) return
      const end: TrialEnd = pruning ? {kind: 'pruned', reason: pruning} : outcome
      if (end.kind === 'stopped') return
      const durationMs = Math.round(clock.monotonicMs() - startedMs)
      const joules = joulesOver(share, durationMs)
      const spent = joules === undefined ? {durationMs} : {durationMs, joules}
      await recordEnd(id, trial.id, end, spent)
    })
  }

  const recordEnd = (
    id: StudyId,
    trial: number,
    end: Exclude<TrialEnd, {kind: 'stopped'}>,
    spent: Spent,
  ) => {
    const activeMs = takeActiveTime(id)
    const used = energy.takeBoard()
    if (end.kind === 'failed') log.warn(`trial ${trial} of ${id}: ${end.reason.message}`)
    return book.commit(id, (study) => {
      const timed = addEnergy(addActiveTime(study, activeMs), used)
      switch (end.kind) {
        case 'done':
          return completeTrial(timed, trial, {
            ...spent,
            samplesPerSecond: end.samplesPerSecond,
            backend: end.backend,
          })
        case 'pruned':
          return pruneTrial(timed, trial, {...spent, reason: end.reason})
        case 'failed':
          return failTrial(timed, trial, {...spent, reason: end.reason})
      }
    })
  }

  /** The time since trials of the study began to run; counted on from now while others than the ended one still do. */
  const takeActiveTime = (id: StudyId): number => {
    const now = clock.monotonicMs()
    const taken = activeSinceMs === undefined ? 0 : now - activeSinceMs
    // The one that ended is still counted.
    activeSinceMs = countTrials(studyOf(id)).running > 1 ? now : undefined
    return taken
  }

  const launch = (
    study: Study,
    trial: number,
    params: Params,
    listener: TrialListener,
    onRetry: () => void,
  ): TrialRun => {
    const {task, seed, validationShare} = study.settings
    if (task.kind === 'command') {
      const limits = parts.limitsOf(study.settings)
      return startCommandTrial(task.command, params, {pace, limits, listener})
    }
    const job: TrainingJob = {
      params,
      seed: derivedSeed(seed, 'trial', trial),
      datasetFile: datasetFileOf(study.id),
      purpose: {kind: 'validate', validationShare, splitSeed: derivedSeed(seed, 'split')},
    }
    return train(study, `trial ${trial} of ${study.id}`, job, listener, onRetry)
  }

  /** Trains with as large a micro-batch as fits into memory. */
  const train = (
    {settings}: Study,
    what: string,
    job: TrainingJob,
    listener: TrialListener,
    onRetry: () => void,
  ): TrialRun => {
    const {task} = settings
    const setting = lenetSettingOf(job.params)
    return startRetryingRun({
      // Training itself says what is wrong with a setting.
      batch: setting.ok ? setting.value.batch : Number.POSITIVE_INFINITY,
      microBatchCap: parts.memoryLimits.microBatchFor(task),
      pace,
      start: (given) =>
        parts.trainers.run(job, {pace: given, limits: parts.limitsOf(settings), listener}),
      onRetry: (microBatch, tooLarge, why) => {
        log.warn(
          `${what} ran out of memory with ${tooLarge} samples at once and begins again with ${microBatch}: ${why}`,
        )
        onRetry()
      },
      onFits: (tooLarge) => parts.memoryLimits.tooLarge(task, tooLarge),
    })
  }

  const score = ({study: id, which, params, trial}: Extract<Action, {kind: 'score'}>) => {
    const job: TrainingJob = {
      params,
      seed: derivedSeed(studyOf(id).settings.seed, 'trial', trial),
      datasetFile: datasetFileOf(id),
      purpose: {kind: 'score'},
    }
    busy = true
    const what =
      which === 'best'
        ? `Scoring the best setting of ${id} on the test set`
        : `Scoring the default setting on the test set of ${id}`
    const takeShare = energy.open()
    const listener: TrialListener = {
      onProgress: (progress) => noteSpeed(work, progress),
      onEpoch: () => {},
    }
    const run = train(studyOf(id), `scoring of ${id}`, job, listener, () => {})
    const work = runningWork(id, what, run, {label: `${id}/${which}`, params})
    follow(work, async () => {
      const outcome = await run.outcome
      busy = false
      takeShare()
      if (isStopped || work.isReleased) return
      const used = energy.takeBoard()
      book.note(id, (study) => addEnergy(study, used))
      if (outcome.kind === 'done' && outcome.score) {
        const {score: measured} = outcome
        await book.commit(id, (study) => recordScore(study, which, measured))
      } else if (outcome.kind !== 'stopped') {
        const why = outcome.kind === 'failed' ? outcome.reason.message : 'it reported no score'
        await pause(id, `The ${which} setting could not be scored on the test set: ${why}`)
      }
    })
  }

  /** Keeps `work` in sight until its end has been dealt with, then looks at the queue again. */
  const follow = (work: Activity, deal: () => Promise<unknown>) => {
    works.add(work)
    const ending = work.ended
      .then(deal)
      .then(() => {}, standStill)
      .finally(() => {
        works.delete(work)
        endings.delete(ending)
        wake()
      })
    endings.add(ending)
  }

  const runningWork = (
    study: StudyId,
    what: string,
    run: TrialRun,
    load: Omit<Load, 'task'>,
  ): Activity => ({
    study,
    what,
    stop: run.stop,
    setPace: run.setPace,
    ended: run.outcome,
    isReleased: false,
    load: {...load, task: studyOf(study).settings.task},
  })

  const noteSpeed = (work: Activity, {samplesPerSecond}: Progress) => {
    if (work.load) work.load = {...work.load, samplesPerSecond}
  }

  const studyOf = (id: StudyId): Study => {
    const study = book.find(id)
    if (!study) throw new Error(`there is no study ${id}`)
    return study
  }

  const datasetFileOf = (id: StudyId): string => {
    const file = datasetFiles.get(id)
    if (file === undefined) throw new Error(`the data set of ${id} was not prepared`)
    return file
  }

  return {
    wake,
    release: (id) => {
      // What runs until it has stopped is still the study's time; the pause that follows is not.
      if (activeSinceMs !== undefined && [...works].some(({study}) => study === id)) {
        const activeMs = clock.monotonicMs() - activeSinceMs
        activeSinceMs = undefined
        book.note(id, (study) => addActiveTime(study, activeMs))
      }
      if ([...works].some(({study}) => study === id)) {
        const used = energy.takeBoard()
        book.note(id, (study) => addEnergy(study, used))
      }
      for (const work of works) {
        if (work.study !== id) continue
        work.isReleased = true
        work.stop()
      }
      wake()
    },
    setPace: (next) => {
      pace = next
      for (const work of works) work.setPace(next)
    },
    readPower: energy.readPower,
    work: () => workOf([...works].flatMap(({load}) => load ?? [])),
    activity: () => {
      const [first, ...others] = [...works].map((work) => work.what)
      if (first === undefined)
        return isStopped ? `Stopped: ${whyWaiting}` : `Waiting: ${whyWaiting}`
      return others.length ? `${first} (and ${others.length} more)` : first
    },
    stop: async () => {
      isStopped = true
      for (const work of works) work.stop()
      await Promise.all(endings)
      await Promise.all([parts.trainers.close(), parts.suggester.close()])
    },
  }
}
