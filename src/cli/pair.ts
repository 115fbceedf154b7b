/** `simmer pair`: how a phone comes in, and how everybody is sent out again. */
import {renderUnicodeCompact} from 'uqr'
import type {Pairing} from './api-client.ts'
import type {App, ExitCode} from './app.ts'
import {ask, jsonOr} from './ask.ts'

type Options = {
  readonly json?: boolean
  /** The code of a reader in place of an owner's. */
  readonly reader?: boolean
  /** First ends every session and token. */
  readonly revokeAll?: boolean
}

export const pair = (options: Options, app: App): Promise<ExitCode> => {
  const role = options.reader ? 'reader' : 'owner'
  return ask(
    app,
    async (client) => {
      const revoked = options.revokeAll ? await client.revokeAll() : undefined
      return revoked && !revoked.ok ? revoked : client.getPairing({role})
    },
    jsonOr(options, (pairing) => [
      ...(options.revokeAll ? ['Every browser and token was sent out.'] : []),
      ...linesOf(pairing, role, app.isTerminal),
    ]),
  )
}

const linesOf = (
  {code, addresses, link}: Pairing,
  role: 'owner' | 'reader',
  isTerminal: boolean,
): readonly string[] => {
  if (code === null || link === undefined) {
    return [
      'Simmer is reached from this machine alone, and there nobody pairs. SIMMER_HOST=0.0.0.0 opens it to the network.',
    ]
  }
  return [
    'Open one of these in a browser on the same network:',
    ...addresses.map((one) => `  ${one}`),
    `and enter the pairing code ${code}. Or point a phone's camera here:`,
    '',
    ...qrLines(link, isTerminal),
    ...(role === 'reader'
      ? ['', 'Whoever comes in so may look at everything, but change nothing.']
      : []),
  ]
}

/** White on black, whatever the terminal's own colors are: many cameras read no inverted code. */
const qrLines = (text: string, isTerminal: boolean): readonly string[] =>
  renderUnicodeCompact(text, {border: 2})
    .split('\n')
    .map((line) => (isTerminal ? `\x1b[97;40m${line}\x1b[0m` : line))
