/** `simmer study …`: the queue of the running daemon. */
import {type ExportFormat, exportFormats} from '../daemon/exports/formats.ts'
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
  return ask(app, options, (client) => client.request('POST', '/studies', source.value))
}

export const listStudies = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    options,
    (client) => client.request('GET', '/studies?limit=1000'),
    (answer) => itemsOf(answer).map(studyLine),
  )

export const showStudy = (id: string, options: Options, app: App): Promise<ExitCode> =>
  options.json
    ? ask(app, options, (client) => client.request('GET', `/studies/${encodeURIComponent(id)}`))
    : exportStudy(id, {format: 'md'}, app)

export const changeStudy = (
  id: string,
  change: 'pause' | 'resume' | 'cancel',
  options: Options,
  app: App,
): Promise<ExitCode> =>
  ask(app, options, (client) =>
    client.request('POST', `/studies/${encodeURIComponent(id)}/${change}`),
  )

export const exportStudy = async (
  id: string,
  {format}: {readonly format: string},
  app: App,
): Promise<ExitCode> => {
  if (!exportFormats.includes(format as ExportFormat)) {
    complain(app, [`--format: expected one of ${exportFormats.join(', ')}, got ${format}.`])
    return 2
  }
  return ask(
    app,
    {},
    (client) => client.request('GET', `/studies/${encodeURIComponent(id)}/export?format=${format}`),
    (text) => [text.trimEnd()],
  )
}

/** Sends one request and prints its answer: as it came with --json, in words otherwise. */
const ask = async (
  app: App,
  options: Options,
  request: (client: Client) => ReturnType<Client['request']>,
  words: (answer: string) => readonly string[] = (answer) => [studyLine(JSON.parse(answer))],
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
  for (const line of options.json ? [answer.value.trim()] : words(answer.value)) app.print(line)
  return 0
}

/** The part of the API's study that a line shows. */
type ListedStudy = {
  readonly id: string
  readonly state: string
  readonly trial_counts: {
    readonly complete: number
    readonly pruned: number
    readonly failed: number
  }
  readonly best: {readonly value: number} | null
  /** Of a study with two objectives. */
  readonly front?: readonly unknown[]
}

const itemsOf = (answer: string): readonly ListedStudy[] => JSON.parse(answer).items

const studyLine = (study: ListedStudy): string => {
  const {complete, pruned, failed} = study.trial_counts
  const best = study.best ? `best ${study.best.value.toPrecision(4)}` : 'no result yet'
  const front = study.front?.length ? `, ${study.front.length} on the front` : ''
  return `${study.id.padEnd(32)}  ${study.state.padEnd(9)}  ${complete + pruned + failed} trials, ${best}${front}`
}
