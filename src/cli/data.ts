/** `simmer data …`: the data sets of this machine. */
import {type App, complain, type ExitCode} from './app.ts'

export const listDatasets = async (
  options: {readonly json?: boolean},
  app: App,
): Promise<ExitCode> => {
  const library = app.openDatasets()
  if (!library.ok) return refused(app, library.problems)
  const items = await library.value.list()
  if (options.json) app.print(JSON.stringify({items, next: null}))
  else {
    for (const one of items) {
      app.print(
        `${one.name.padEnd(26)}  ${one.state.padEnd(14)}  ${one.classes.length} classes  ${one.title}`,
      )
    }
  }
  return 0
}

/** Shows the license before the first byte, then how the work goes on. */
export const getDataset = async (name: string, app: App): Promise<ExitCode> => {
  const library = app.openDatasets()
  if (!library.ok) return refused(app, library.problems)
  const known = (await library.value.list()).find((one) => one.name === name)
  if (known) app.log.info(`License: ${known.license}`)
  const progress = app.showProgress()
  const prepared = await library.value.prepare(name, {
    signal: app.interrupted,
    report: progress.update,
  })
  progress.end()
  if (app.interrupted.aborted) return 130
  if (!prepared.ok) return refused(app, prepared.problems, known ? 1 : 2)
  const {file, trainCount, testCount, height, width, channels} = prepared.value
  app.print(
    `${name} is ready: ${trainCount} training and ${testCount} test pictures of ${width}x${height}x${channels} in ${file}`,
  )
  return 0
}

export const verifyDataset = async (name: string, app: App): Promise<ExitCode> => {
  const library = app.openDatasets()
  if (!library.ok) return refused(app, library.problems)
  const known = (await library.value.list()).some((one) => one.name === name)
  const verified = await library.value.verify(name)
  if (!verified.ok) return refused(app, verified.problems, known ? 1 : 2)
  app.print(`${name} is as it should be.`)
  return 0
}

const refused = (app: App, problems: readonly string[], code: ExitCode = 2): ExitCode => {
  complain(app, problems)
  return code
}
