/** `simmer token …`: what scripts come in with. */
import {refuse} from '../daemon/base/result.ts'
import type {Grant} from './api-client.ts'
import type {App, ExitCode} from './app.ts'
import {ask, jsonOr} from './ask.ts'

type Options = {readonly json?: boolean}

/** Prints the token alone, so that a script can keep it. */
export const addToken = (
  name: string,
  options: Options & {readonly reader?: boolean},
  app: App,
): Promise<ExitCode> =>
  ask(
    app,
    (client) => client.addToken({name, role: options.reader ? 'reader' : 'owner'}),
    jsonOr(options, ({token}) => [token]),
  )

export const listTokens = (options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    (client) => client.listTokens(),
    jsonOr(options, ({items}) => items.map(tokenLine)),
  )

export const revokeToken = (name: string, options: Options, app: App): Promise<ExitCode> =>
  ask(
    app,
    async (client) => {
      const listed = await client.listTokens()
      if (!listed.ok) return listed
      const token = listed.value.items.find((one) => one.name === name)
      return token
        ? client.revokeToken(token.id)
        : refuse(`Expected the name of a token, got ${name}. \`simmer token list\` shows them.`)
    },
    jsonOr(options, () => [`${name} no longer holds.`]),
  )

const tokenLine = ({name, role, last_seen_at}: Grant): string =>
  `${name.padEnd(40)}  ${role.padEnd(6)}  ${last_seen_at ?? 'not used yet'}`
