/** What the commands that talk to a running daemon have in common. */
import type {Result} from '../daemon/base/result.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {type Client, openClient} from './client.ts'

/** Sends a request, or several that depend on each other, and prints the lines of its answer. */
export const ask = async <T>(
  app: App,
  request: (client: Client) => Promise<Result<T>>,
  linesOf: (answer: T) => readonly string[],
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
  for (const line of linesOf(answer.value)) app.print(line)
  return 0
}

/** As it came with --json, in words otherwise. */
export const jsonOr =
  <T>(options: {readonly json?: boolean}, words: (answer: T) => readonly string[]) =>
  (answer: T): readonly string[] =>
    options.json ? [JSON.stringify(answer)] : words(answer)
