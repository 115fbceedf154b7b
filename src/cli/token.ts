/** `simmer token …`: what scripts come in with. */
import {type Result, refuse} from '../daemon/base/result.ts'
import type {Grant} from './api-client.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {type Client, openClient} from './client.ts'

type Options = {readonly json?: boolean}

/** Prints the token alone, so that a script can keep it. */
export const addToken = (
  name: string,
  options: Options & {readonly reader?: boolean},
  app: App,
): Promise<ExitCode> =>
  ask(
    app,
    options,
    (client) => client.addToken({name, role: options.reader ? 'reader' : 'owner'}),
    ({token}) => [token],
  )

export const listTokens = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    options,
    (client) => client.listTokens(),
    ({items}) => items.map(tokenLine),
  )

export const revokeToken = (name: string, options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    options,
    async (client) => {
      const listed = await client.listTokens()
      if (!listed.ok) return listed
      const token = listed.value.items.find((one) => one.name === name)
      return token
        ? client.revokeToken(token.id)
        : refuse(`Expected the name of a token, got ${name}. \`simmer token list\` shows them.`)
    },
    () => [`${name} no longer holds.`],
  )

const tokenLine = ({name, role, last_seen_at}: Grant): string =>
  `${name.padEnd(40)}  ${role.padEnd(6)}  ${last_seen_at ?? 'not used yet'}`

const ask = async <T>(
  app: App,
  options: Options,
  request: (client: Client) => Promise<Result<T>>,
  words: (answer: T) => readonly string[],
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
  const lines = options.json ? [JSON.stringify(answer.value)] : words(answer.value)
  for (const line of lines) app.print(line)
  return 0
}
