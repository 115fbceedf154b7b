/** `simmer telemetry`: what the sensors of this machine say, one sample a line. */
import {setTimeout as sleep} from 'node:timers/promises'
import {describeReading} from '../daemon/telemetry/describe.ts'
import {readingJson} from '../daemon/telemetry/reading-json.ts'
import {type App, complain, type ExitCode} from './app.ts'

const intervalMs = 1_000

export const showTelemetry = async (
  options: {readonly once?: boolean; readonly json?: boolean},
  app: App,
): Promise<ExitCode> => {
  const sensors = await app.openSensors()
  if (!sensors.ok) {
    complain(app, sensors.problems)
    return 2
  }
  // Loads are differences between two looks: the first look has none.
  await sensors.value.read()
  while (!app.interrupted.aborted) {
    const slept = await sleep(intervalMs, 'slept', {signal: app.interrupted}).catch(
      () => 'interrupted',
    )
    if (slept === 'interrupted') break
    const reading = await sensors.value.read()
    app.print(options.json ? JSON.stringify(readingJson(reading)) : describeReading(reading))
    if (options.once) return 0
  }
  return 130
}
