/** `simmer pair`: how a phone comes in. */
import {renderUnicodeCompact} from 'uqr'
import type {Pairing} from './api-client.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {openClient} from './client.ts'

export const pair = async (options: {readonly json?: boolean}, app: App): Promise<ExitCode> => {
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  const answer = await openClient(config.value.config).getPairing()
  if (!answer.ok) {
    complain(app, answer.problems)
    return 1
  }
  const lines = options.json
    ? [JSON.stringify(answer.value)]
    : linesOf(answer.value, app.isTerminal)
  for (const line of lines) app.print(line)
  return 0
}

const linesOf = ({code, addresses}: Pairing, isTerminal: boolean): readonly string[] => {
  const [address] = addresses
  if (code === null || address === undefined) {
    return [
      'Simmer is reached from this machine alone, and there nobody pairs. SIMMER_HOST=0.0.0.0 opens it to the network.',
    ]
  }
  return [
    'Open one of these in a browser on the same network:',
    ...addresses.map((one) => `  ${one}`),
    `and enter the pairing code ${code}. Or point a phone's camera here:`,
    '',
    ...qrLines(`${address}/pair?code=${code.replace(' ', '')}`, isTerminal),
  ]
}

/** White on black, whatever the terminal's own colors are: many cameras read no inverted code. */
const qrLines = (text: string, isTerminal: boolean): readonly string[] =>
  renderUnicodeCompact(text, {border: 2})
    .split('\n')
    .map((line) => (isTerminal ? `\x1b[97;40m${line}\x1b[0m` : line))
