/** Readings in a file, to be played again: NDJSON, the machine in its first line, then one reading a line. */
import {appendFileSync, writeFileSync} from 'node:fs'
import {open} from 'node:fs/promises'
import {z} from 'zod'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {Machine, Reading} from './reading.ts'
import {fromJson, machineJson, readingJson} from './reading-json.ts'

/** Begins a recording in a new file; a file that is there is left as it is. Each reading is on its way to disk at once. */
export const startRecording = (
  file: string,
  machine: Machine,
): Result<{readonly add: (reading: Reading) => Result<undefined>}> => {
  const first = {recording_version: 1, machine: machineJson(machine)}
  const written = attempt(file, () => writeFileSync(file, lineOf(first), {flag: 'wx'}))
  return written.ok
    ? ok({
        add: (reading) => attempt(file, () => appendFileSync(file, lineOf(readingJson(reading)))),
      })
    : written
}

export type Recording = {
  readonly machine: Machine
  /** In the order in which they were read. The first line that is none is a refusal, and the last. */
  readonly readings: AsyncIterable<Result<Reading>>
}

/** Opens a recording and reads its first line. */
export const openRecording = async (file: string): Promise<Result<Recording>> => {
  const lines = await linesOf(file)
  if (!lines.ok) return lines
  const head = headSchema.safeParse(jsonOf((await lines.value.next()).value))
  if (head.success) {
    return ok({machine: head.data.machine, readings: readingsOf(file, lines.value)})
  }
  await lines.value.return?.()
  return refuse(
    `Expected a recording of \`simmer telemetry --record\` in ${file}, found something else in its first line.`,
  )
}

const linesOf = async (file: string): Promise<Result<AsyncIterator<string>>> => {
  try {
    const handle = await open(file)
    if ((await handle.stat()).isFile()) return ok(handle.readLines()[Symbol.asyncIterator]())
    await handle.close()
    return refuse(`Expected a recording at ${file}, found no file.`)
  } catch (error) {
    return refuse(`Expected a recording at ${file}: ${reasonOf(error)}`)
  }
}

async function* readingsOf(
  file: string,
  lines: AsyncIterator<string>,
): AsyncIterable<Result<Reading>> {
  for (let number = 2; ; number++) {
    const {done, value} = await lines.next()
    if (done) return
    const reading = readingSchema.safeParse(jsonOf(value))
    if (!reading.success) {
      const [issue] = reading.error.issues
      const where = issue?.path.length ? ` (${issue.path.join('.')}: ${issue.message})` : ''
      yield refuse(`Expected a reading in line ${number} of ${file}, found something else${where}.`)
      return
    }
    yield ok(reading.data)
  }
}

const lineOf = (json: object): string => `${JSON.stringify(json)}\n`

const jsonOf = (line: unknown): unknown => {
  try {
    return JSON.parse(String(line))
  } catch {
    return undefined
  }
}

const attempt = (file: string, write: () => void): Result<undefined> => {
  try {
    write()
    return ok(undefined)
  } catch (error) {
    // Every error of node:fs has a code.
    return (error as NodeJS.ErrnoException).code === 'EEXIST'
      ? refuse(`Expected a new file, found one at ${file}. Choose another name, or remove it.`)
      : refuse(`Expected to write ${file}: ${reasonOf(error)}`)
  }
}

const numbers = z.record(z.string(), z.number())
const number = z.number().optional()
const text = z.string().optional()

/** In the order in which readings are written. */
const readingSchema: z.ZodType<Reading> = z.preprocess(
  renamed,
  z.object({
    atMs: z.number(),
    temperaturesC: numbers,
    cpuLoad: number,
    cpuFrequencyHz: number,
    gpuPower: z.enum(['on', 'off']).optional(),
    gpuLoad: number,
    gpuFrequencyHz: number,
    gpuMaxFrequencyHz: number,
    gpuGovernor: text,
    memoryTotalBytes: number,
    memoryAvailableBytes: number,
    swapTotalBytes: number,
    swapUsedBytes: number,
    zramUsedBytes: number,
    gpuMemoryBytes: number,
    memoryPressure: number,
    emcLoad: number,
    fanShare: number,
    fanRpm: number,
    powerMode: text,
    powersW: numbers,
    voltagesV: numbers,
    currentsA: numbers.optional(),
    coolingStates: numbers.optional(),
    unavailable: z.record(z.string(), z.string()).optional(),
    isOverCurrent: z.literal(true).optional(),
    alarms: z.array(z.string()),
  }),
)

const machineSchema: z.ZodType<Machine> = z.preprocess(
  renamed,
  z.object({
    model: z.string(),
    kind: z.enum(['jetson', 'linux', 'macos', 'other']),
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    measuresPower: z.boolean(),
    passiveTripC: number,
    gpuFrequenciesHz: z.array(z.number()).optional(),
    l4t: text,
  }),
)

const headSchema = z.object({recording_version: z.literal(1), machine: machineSchema})

function renamed(json: unknown): unknown {
  return typeof json === 'object' && json !== null ? fromJson(json) : json
}
