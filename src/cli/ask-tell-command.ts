/** `simmer ask-tell`: the protocol of ask-tell.ts over stdin and stdout. */
import {createInterface} from 'node:readline'
import type {OptimizerName} from '../daemon/optimizers/optimizer.ts'
import {parseSpace} from '../daemon/space/parse.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {askTell} from './ask-tell.ts'
import {longestLineBytes} from './ask-tell-request.ts'
import {limitLines} from './limit-lines.ts'
import {readValueFile} from './read-file.ts'

type Options = {
  readonly space: string
  readonly optimizer: OptimizerName
  readonly seed: number
  readonly trials?: number
}

export const runAskTell = async (options: Options, app: App): Promise<ExitCode> => {
  const source = readValueFile(options.space)
  const space = source.ok ? parseSpace(source.value) : source
  if (!space.ok) {
    complain(app, space.problems)
    return 2
  }
  const input = process.stdin.pipe(limitLines(longestLineBytes))
  await askTell({
    space: space.value,
    optimizer: options.optimizer,
    seed: options.seed,
    budgetTrials: options.trials,
    input: createInterface({input, signal: app.interrupted, crlfDelay: Number.POSITIVE_INFINITY}),
    write: app.print,
  })
  // After an interruption the other side may still hold its end open.
  process.stdin.destroy()
  return 0
}
