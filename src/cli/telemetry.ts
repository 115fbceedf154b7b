/** `simmer telemetry`: what the sensors of this machine say, or said when they were recorded. */
import {setTimeout as sleep} from 'node:timers/promises'
import {ok, type Result} from '../daemon/base/result.ts'
import {describeMachine, describeReading} from '../daemon/telemetry/describe.ts'
import type {Machine, Reading} from '../daemon/telemetry/reading.ts'
import {readingJson} from '../daemon/telemetry/reading-json.ts'
import {openRecording, startRecording} from '../daemon/telemetry/recording.ts'
import type {Sensors} from '../daemon/telemetry/sensors.ts'
import {type App, complain, type ExitCode} from './app.ts'
import {openTable} from './telemetry-table.ts'

export type TelemetryOptions = {
  readonly once?: boolean
  readonly json?: boolean
  /** The file to write what is shown to. */
  readonly record?: string
  /** The file to read in place of the sensors. */
  readonly replay?: string
}

const intervalMs = 1_000

export const showTelemetry = async (options: TelemetryOptions, app: App): Promise<ExitCode> => {
  if (options.record !== undefined && options.replay !== undefined) {
    complain(app, ['telemetry: expected --record or --replay, got both.'])
    return 2
  }
  const source =
    options.replay === undefined
      ? await openLive(options, app)
      : await openRecording(options.replay)
  if (!source.ok) {
    complain(app, source.problems)
    return 2
  }
  const show = openDisplay(options, source.value.machine, app)
  for await (const reading of source.value.readings) {
    if (!reading.ok) {
      complain(app, reading.problems)
      return 1
    }
    show(reading.value)
    if (options.once) return 0
  }
  return app.interrupted.aborted ? 130 : 0
}

type Source = {readonly machine: Machine; readonly readings: AsyncIterable<Result<Reading>>}

const openLive = async ({record}: TelemetryOptions, app: App): Promise<Result<Source>> => {
  const sensors = await app.openSensors()
  if (!sensors.ok) return sensors
  const {machine} = sensors.value
  const recording = record === undefined ? undefined : startRecording(record, machine)
  if (recording && !recording.ok) return recording
  const keep = recording?.value.add ?? (() => ok(undefined))
  return ok({machine, readings: liveReadings(sensors.value, keep, app.interrupted)})
}

/** One a second, until the person interrupts or there is no place to keep them. */
async function* liveReadings(
  sensors: Sensors,
  keep: (reading: Reading) => Result<undefined>,
  interrupted: AbortSignal,
): AsyncIterable<Result<Reading>> {
  // Loads are differences between two looks: the first look has none.
  await sensors.read()
  while (await isRested(interrupted)) {
    const reading = await sensors.read()
    const kept = keep(reading)
    yield kept.ok ? ok(reading) : kept
  }
}

const isRested = (interrupted: AbortSignal): Promise<boolean> =>
  sleep(intervalMs, true, {signal: interrupted}).catch(() => false)

/** One reading in full, many as a table, or JSON. */
const openDisplay = (
  {json, once}: TelemetryOptions,
  machine: Machine,
  app: App,
): ((reading: Reading) => void) => {
  if (json) return (reading) => app.print(JSON.stringify(readingJson(reading)))
  app.print(describeMachine(machine))
  const linesOf = once ? describeReading : openTable()
  return (reading) => {
    for (const line of linesOf(reading)) app.print(line)
  }
}
