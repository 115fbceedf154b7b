/** `simmer study …`: the queue of the running daemon. */
import type {Result} from '../daemon/base/result.ts'
import {exportFormats} from '../daemon/exports/formats.ts'
import type {Study, StudyFile} from './api-client.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {type Client, openClient} from './client.ts'
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
  return ask(app, (client) => client.queueStudy(studyFile), textOf(options, studyLine))
}

export const listStudies = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    (client) => client.listStudies({limit: 1000}),
    textOf(options, ({items}) => items.map(studyLine).join('\n')),
  )

export const showStudy = (id: string, options: Options, app: App): Promise<ExitCode> =>
  options.json
    ? ask(app, (client) => client.getStudy(id), JSON.stringify)
    : exportStudy(id, {format: 'md'}, app)

export const changeStudy = (
  id: string,
  change: 'pause' | 'resume' | 'cancel',
  options: Options,
  app: App,
): Promise<ExitCode> =>
  ask(app, (client) => client[`${change}Study`](id), textOf(options, studyLine))

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
    (text) => text.trimEnd(),
  )
}

/** Sends one request and prints its answer. */
const ask = async <T>(
  app: App,
  request: (client: Client) => Promise<Result<T>>,
  shown: (answer: T) => string,
): Promise<ExitCode> => {
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  const answer = await request(openClient(config.value.config))
  if (!answer.ok) {
    complain(app, answer.problems)
    return 1
  }
  const text = shown(answer.value)
  if (text) app.print(text)
  return 0
}

/** As it came with --json, in words otherwise. */
const textOf =
  <T>(options: Options, words: (answer: T) => string) =>
  (answer: T): string =>
    options.json ? JSON.stringify(answer) : words(answer)

const studyLine = (study: Study): string => {
  const {complete, pruned, failed} = study.trial_counts
  const best = study.best ? `best ${study.best.value.toPrecision(4)}` : 'no result yet'
  const front = study.front?.length ? `, ${study.front.length} on the front` : ''
  return `${study.id.padEnd(32)}  ${study.state.padEnd(9)}  ${complete + pruned + failed} trials, ${best}${front}`
}
