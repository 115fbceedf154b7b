/** How much of a batch fits into this machine's memory at once, as trials found out. Kept over restarts; may be deleted. */
import {dirname} from 'node:path'
import {z} from 'zod'
import {type Log, reasonOf} from '../base/log.ts'
import type {Task} from '../studies/study.ts'
import {type FileSystem, realFileSystem} from './file-system.ts'

export interface MemoryLimits {
  /** The largest micro-batch that is known to fit; undefined where none was too large yet. */
  readonly microBatchFor: (task: Task) => number | undefined
  /** A trial of the task failed with this micro-batch for lack of memory, and came to its end with half of it. */
  readonly tooLarge: (task: Task, microBatch: number) => void
}

const schema = z.record(z.string(), z.int().min(1))

/** Learned for each model, data set and backend that was asked for. */
export const openMemoryLimits = async (options: {
  readonly file: string
  readonly backend: string
  readonly log: Log
  readonly files?: FileSystem
}): Promise<MemoryLimits> => {
  const {file, backend, log, files = realFileSystem} = options
  const known = new Map(Object.entries(await load(file, files, log)))
  let writing = Promise.resolve()

  const save = async () => {
    try {
      await files.writeSynced(`${file}.new`, `${JSON.stringify(Object.fromEntries(known))}\n`)
      await files.rename(`${file}.new`, file)
      await files.syncFolder(dirname(file))
    } catch (error) {
      log.warn(
        `${file} could not be written, so it is learned anew after a restart: ${reasonOf(error)}`,
      )
    }
  }
  const keyOf = (task: Task): string | undefined =>
    task.kind === 'model' ? [task.model, task.dataset, backend].join(' ') : undefined

  return {
    microBatchFor: (task) => known.get(keyOf(task) ?? ''),
    tooLarge: (task, microBatch) => {
      const key = keyOf(task)
      const fits = Math.floor(microBatch / 2)
      if (key === undefined || fits < 1 || fits >= (known.get(key) ?? Number.POSITIVE_INFINITY))
        return
      known.set(key, fits)
      writing = writing.then(save)
    },
  }
}

const load = async (
  file: string,
  files: FileSystem,
  log: Log,
): Promise<Readonly<Record<string, number>>> => {
  let text: string
  try {
    text = (await files.read(file)).toString()
  } catch {
    // Nothing was too large so far.
    return {}
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    log.warn(
      `Expected ${file} to hold micro-batches, found something else. It is kept as ${file}.damaged, and learned anew.`,
    )
    await files.rename(file, `${file}.damaged`)
    return {}
  }
}
