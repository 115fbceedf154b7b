/** `simmer ask-tell`: the protocol of ask-tell.ts over stdin and stdout. */
import {createInterface} from 'node:readline'
import type {OptimizerName} from '../daemon/optimizers/optimizer.ts'
import {parseSpace} from '../daemon/space/parse.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {askTell} from './ask-tell.ts'
import {readValueFile} from './read-file.ts'

export const runAskTell = async (
  options: {readonly space: string; readonly optimizer: OptimizerName; readonly seed: number},
  app: App,
): Promise<ExitCode> => {
  const source = readValueFile(options.space)
  const space = source.ok ? parseSpace(source.value) : source
  if (!space.ok) {
    complain(app, space.problems)
    return 2
  }
  await askTell({
    space: space.value,
    optimizer: options.optimizer,
    seed: options.seed,
    input: createInterface({input: process.stdin, signal: app.interrupted}),
    write: app.print,
  })
  return 0
}
