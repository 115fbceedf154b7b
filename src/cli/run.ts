/** `simmer run`: one study to its end in the foreground, by the same engine as the daemon. */
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {reasonOf} from '../daemon/base/log.ts'
import type {RunningDaemon} from '../daemon/daemon.ts'
import {summaryJson, trialJson} from '../daemon/exports/study-json.ts'
import type {Study} from '../daemon/studies/study.ts'
import {hasEnded} from '../daemon/studies/summary.ts'
import {isFinished} from '../daemon/studies/transitions.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {showStudyProgress} from './progress.ts'
import {readValueFile} from './read-file.ts'
import {resultText} from './result-text.ts'

export type RunOptions = {
  readonly json?: boolean
  readonly seed?: number
  readonly trials?: number
}

/**
 * Runs the study in `file`, or goes on with an unfinished one of the same settings. With `json`, stdout holds one line a
 * finished trial and the summary last.
 */
export const run = async (file: string, options: RunOptions, app: App): Promise<ExitCode> => {
  const source = readValueFile(file)
  const config = app.readConfig()
  if (!source.ok || !config.ok) {
    complain(app, [...(source.ok ? [] : source.problems), ...(config.ok ? [] : config.problems)])
    return 2
  }
  const daemon = await app.openDaemon(config.value, {foreground: true})
  if (!daemon.ok) {
    complain(app, daemon.problems)
    return daemon.mayPass ? 1 : 2
  }
  try {
    const begun = await daemon.value.continueOrSubmit(withOverrides(source.value, options))
    if (!begun.ok) {
      complain(app, begun.problems)
      return 2
    }
    const {study, isContinued} = begun.value
    if (isContinued) {
      app.log.info(`Going on with ${study.id}, which has ${study.trials.length} trials already.`)
    }
    return await follow(study, daemon.value, options, config.value.config.home, app)
  } finally {
    await daemon.value.stop().catch((error) => app.log.error('the state could not be saved', error))
  }
}

const withOverrides = (source: unknown, {seed, trials}: RunOptions): unknown => {
  if (typeof source !== 'object' || source === null) return source
  const budget = 'budget' in source && typeof source.budget === 'object' ? source.budget : {}
  return {
    ...source,
    ...(seed === undefined ? {} : {seed}),
    ...(trials === undefined ? {} : {budget: {...budget, trials}}),
  }
}

/** Shows the study until it is finished, stopped or interrupted. */
const follow = async (
  {id}: Study,
  daemon: RunningDaemon,
  options: RunOptions,
  home: string,
  app: App,
): Promise<ExitCode> => {
  const progress = options.json ? undefined : showStudyProgress(process.stderr, Date.now)
  const printed = new Set<number>()
  const show = (study: Study) => {
    progress?.update(study, daemon.activity())
    if (options.json) printFinishedTrials(study, printed, app)
  }
  const study = await untilItRests(id, daemon, show, app)
  progress?.end()
  if (options.json) app.print(JSON.stringify(summaryJson(study)))
  if (study.state === 'complete') {
    if (!options.json) {
      for (const line of resultText(study)) app.print(line)
      app.print(`Report: ${writeReport(study, daemon, home)}`)
    }
    return 0
  }
  if (app.interrupted.aborted) {
    await daemon.pause(id)
    app.log.info(`Interrupted; ${id} is saved. The same command goes on with it.`)
    return 130
  }
  complain(app, [study.reason ?? daemon.notices().at(-1) ?? `${id} is ${study.state}`])
  return 1
}

/** Resolves with the study when it is finished or paused, when work has stopped for good, or when the person interrupts. */
const untilItRests = (
  id: Study['id'],
  daemon: RunningDaemon,
  show: (study: Study) => void,
  app: App,
): Promise<Study> =>
  new Promise((resolve) => {
    const look = () => {
      const study = daemon.study(id)
      if (!study) return
      show(study)
      if (
        isFinished(study) ||
        study.state === 'paused' ||
        daemon.isBroken() ||
        app.interrupted.aborted
      ) {
        stopListening()
        clearInterval(timer)
        resolve(study)
      }
    }
    const stopListening = daemon.subscribe((event) => {
      if (event.kind === 'study' && event.id === id) look()
    })
    // The bar's clock goes on while nothing else happens, and a broken store tells no event.
    const timer = setInterval(look, 500)
    app.interrupted.addEventListener('abort', look)
    look()
  })

const printFinishedTrials = (study: Study, printed: Set<number>, app: App) => {
  for (const trial of study.trials) {
    if (!hasEnded(trial) || printed.has(trial.id)) continue
    printed.add(trial.id)
    app.print(JSON.stringify({type: 'trial', ...trialJson(trial, study.settings.objectives)}))
  }
}

const writeReport = (study: Study, daemon: RunningDaemon, home: string): string => {
  const report = daemon.export(study.id, 'md')
  if (!report.ok) return report.problems.join(' ')
  const file = join(home, 'reports', report.value.fileName)
  try {
    mkdirSync(join(home, 'reports'), {recursive: true})
    writeFileSync(file, report.value.text)
    return file
  } catch (error) {
    return `could not be written: ${reasonOf(error)}`
  }
}
