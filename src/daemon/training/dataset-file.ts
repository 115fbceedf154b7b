import {statSync} from 'node:fs'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {Dataset} from '../datasets/dataset.ts'
import {readPrepared} from '../datasets/prepared.ts'

/** Reads prepared data sets. The last one is kept, for the next trial mostly wants it again. */
export const createDatasetReader = (): ((file: string) => Result<Dataset>) => {
  let last: {readonly version: string; readonly dataset: Dataset} | undefined
  return (file) => {
    try {
      const {mtimeMs, size} = statSync(file)
      const version = `${file} ${mtimeMs} ${size}`
      if (last?.version !== version) {
        last = undefined
        last = {version, dataset: readPrepared(file)}
      }
      return ok(last.dataset)
    } catch (cause) {
      return refuse(
        `Expected a prepared data set in ${file}, but it could not be read (${reasonOf(cause)}). Prepare the data set again.`,
      )
    }
  }
}
