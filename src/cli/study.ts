/** `simmer study …`: the queue of the running daemon. */
import {exportFormats} from '../daemon/exports/formats.ts'
import type {Study, StudyFile} from './api-client.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {ask, jsonOr} from './ask.ts'
import {readValueFile} from './read-file.ts'

type Options = {readonly json?: boolean}

export const addStudy = async (file: string, options: Options, app: App): Promise<ExitCode> => {
  const source = readValueFile(file)
  if (!source.ok) {
    complain(app, source.problems)
    return 2
  }
  // Whether it is one, the daemon says.
  const studyFile = source.value as StudyFile
  return ask(app, (client) => client.queueStudy(studyFile), jsonOr(options, studyLines))
}

export const listStudies = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    (client) => client.listStudies({limit: 1000}),
    jsonOr(options, ({items}) => items.map(studyLine)),
  )

export const showStudy = (id: string, options: Options, app: App): Promise<ExitCode> =>
  options.json
    ? ask(app, (client) => client.getStudy(id), jsonOr(options, studyLines))
    : exportStudy(id, {format: 'md'}, app)

export const changeStudy = (
  id: string,
  change: 'pause' | 'resume' | 'cancel',
  options: Options,
  app: App,
): Promise<ExitCode> =>
  ask(app, (client) => client[`${change}Study`](id), jsonOr(options, studyLines))

export const exportStudy = async (
  id: string,
  options: {readonly format: string},
  app: App,
): Promise<ExitCode> => {
  const format = exportFormats.find((one) => one === options.format)
  if (!format) {
    complain(app, [`--format: expected one of ${exportFormats.join(', ')}, got ${options.format}.`])
    return 2
  }
  return ask(
    app,
    (client) => client.exportStudy(id, {format}),
    (text) => [text.trimEnd()],
  )
}

const studyLines = (study: Study): readonly string[] => [studyLine(study)]

const studyLine = (study: Study): string => {
  const {complete, pruned, failed} = study.trial_counts
  const best = study.best ? `best ${study.best.value.toPrecision(4)}` : 'no result yet'
  const front = study.front?.length ? `, ${study.front.length} on the front` : ''
  return `${study.id.padEnd(32)}  ${study.state.padEnd(9)}  ${complete + pruned + failed} trials, ${best}${front}`
}
