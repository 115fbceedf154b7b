/** `simmer token …`: what scripts come in with. */
import {type Result, refuse} from '../daemon/base/result.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {type Client, openClient} from './client.ts'

type Options = {readonly json?: boolean}

/** The part of the API's token that a line shows. */
type ListedToken = {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly last_seen_at_ms: number | null
}

/** Prints the token alone, so that a script can keep it. */
export const addToken = (
  name: string,
  options: Options & {readonly reader?: boolean},
  app: App,
): Promise<ExitCode> =>
  ask(
    app,
    options,
    (client) =>
      client.request('POST', '/tokens', {name, role: options.reader ? 'reader' : 'owner'}),
    (answer) => [JSON.parse(answer).token],
  )

export const listTokens = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    options,
    (client) => client.request('GET', '/tokens'),
    (answer) => tokensIn(answer).map(tokenLine),
  )

export const revokeToken = (name: string, options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    options,
    async (client) => {
      const listed = await client.request('GET', '/tokens')
      if (!listed.ok) return listed
      const token = tokensIn(listed.value).find((one) => one.name === name)
      return token
        ? client.request('POST', `/tokens/${token.id}/revoke`)
        : refuse(`Expected the name of a token, got ${name}. \`simmer token list\` shows them.`)
    },
    () => [`${name} no longer holds.`],
  )

const tokensIn = (answer: string): readonly ListedToken[] => JSON.parse(answer).items

const tokenLine = ({name, role, last_seen_at_ms}: ListedToken): string => {
  const seen = last_seen_at_ms === null ? 'not used yet' : new Date(last_seen_at_ms).toISOString()
  return `${name.padEnd(40)}  ${role.padEnd(6)}  ${seen}`
}

const ask = async (
  app: App,
  options: Options,
  request: (client: Client) => Promise<Result<string>>,
  words: (answer: string) => readonly string[],
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
