/** Readings on disk as NDJSON: `telemetry.ndjson` and, older and older, `telemetry.1.ndjson`, `telemetry.2.ndjson`, … */
import {appendFile, mkdir, rename, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {type Log, reasonOf} from '../base/log.ts'
import type {Reading} from './reading.ts'
import {readingJson} from './reading-json.ts'

export interface TelemetryLog {
  readonly write: (reading: Reading) => void
  /** Resolves when everything written is on disk. */
  readonly close: () => Promise<void>
}

/** Flash wears by the write: a few readings go together. A power cut costs no more than these. */
const readingsAtOnce = 10

/** About two days at one reading a second. Where the disk refuses, readings are dropped and the log says so once. */
export const openTelemetryLog = (options: {
  readonly folder: string
  readonly log: Log
  readonly maxFileBytes?: number
  readonly filesKept?: number
}): TelemetryLog => {
  const {folder, log, maxFileBytes = 16 * 2 ** 20, filesKept = 5} = options
  let waiting: string[] = []
  let writing: Promise<void> = Promise.resolve()
  let isRefused = false

  const append = async (lines: string) => {
    try {
      await mkdir(folder, {recursive: true})
      const current = fileName(folder, 0)
      const size = await stat(current).then(
        ({size}) => size,
        () => 0,
      )
      if (size > 0 && size + lines.length > maxFileBytes) await rotate(folder, filesKept)
      await appendFile(current, lines)
      isRefused = false
    } catch (error) {
      if (!isRefused) log.warn(`The telemetry log cannot be written: ${reasonOf(error)}`)
      isRefused = true
    }
  }
  const flush = () => {
    const lines = waiting.join('')
    waiting = []
    if (lines) writing = writing.then(() => append(lines))
  }

  return {
    write: (reading) => {
      waiting.push(`${JSON.stringify(readingJson(reading))}\n`)
      if (waiting.length >= readingsAtOnce) flush()
    },
    close: () => {
      flush()
      return writing
    },
  }
}

const fileName = (folder: string, age: number): string =>
  join(folder, age === 0 ? 'telemetry.ndjson' : `telemetry.${age}.ndjson`)

/** Makes each file one older; the oldest is overwritten. */
const rotate = async (folder: string, filesKept: number): Promise<void> => {
  for (let age = filesKept - 2; age >= 0; age--) {
    await rename(fileName(folder, age), fileName(folder, age + 1)).catch((error) => {
      if (error.code !== 'ENOENT') throw error
    })
  }
}
