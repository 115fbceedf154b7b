/** The log's folder. Files grow by appending or are written once as a whole; nothing is ever rewritten. */
import {constants} from 'node:fs'
import {appendFile, mkdir, open, readdir, readFile, rename, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {setImmediate as yieldToOthers} from 'node:timers/promises'
import {promisify} from 'node:util'
import {gzip} from 'node:zlib'
import {gunzipText} from './gzip.ts'
import type {Row} from './row.ts'
import {parseRow, rowJson} from './row-json.ts'
import {
  type FileIdentity,
  fileName,
  parseFileName,
  type Segment,
  type SegmentFile,
  segmentsOf,
} from './segments.ts'

type FileRows = {
  readonly rows: readonly Row[]
  /** Whether something of it could not be read. */
  readonly isDamaged: boolean
}

export interface HistoryFolder {
  /** What is there, in the order in which it was recorded. */
  readonly segments: () => readonly Segment[]
  /** What the first `bytes` of a file hold; undefined where it is gone. */
  readonly read: (file: SegmentFile) => Promise<FileRows | undefined>
  /** Leaves it to the kernel to bring the bytes to the card. They count once `grew` is told. */
  readonly append: (file: SegmentFile, bytes: Buffer) => Promise<void>
  readonly grew: (file: SegmentFile) => void
  /** A file that is there as a whole or not at all. */
  readonly writeWhole: (file: FileIdentity, rows: readonly Row[]) => Promise<void>
  readonly remove: (file: SegmentFile) => Promise<void>
}

/** Makes the folder where it is missing. */
export const openHistoryFolder = async (path: string): Promise<HistoryFolder> => {
  const pathOf = (file: FileIdentity) => join(path, fileName(file))
  const files = new Map<string, SegmentFile>()
  const keep = (file: SegmentFile) => files.set(fileName(file), file)

  await mkdir(path, {recursive: true})
  for (const name of await readdir(path)) {
    const file = parseFileName(name)
    if (file) keep({...file, bytes: (await stat(pathOf(file))).size})
    else if (name.endsWith(partial)) await rm(join(path, name))
  }
  return {
    segments: () => segmentsOf(files.values()),
    read: async (file) => {
      try {
        return await rowsIn((await readFile(pathOf(file))).subarray(0, file.bytes))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined // node's file errors carry a code
        throw error
      }
    },
    append: async (file, bytes) => {
      // Where somebody has cleared the logs, a new file is begun, never the rest of one.
      if (file.bytes === 0) await mkdir(path, {recursive: true})
      const flag = file.bytes === 0 ? 'a' : constants.O_WRONLY | constants.O_APPEND
      await appendFile(pathOf(file), bytes, {flag})
    },
    grew: keep,
    writeWhole: async (file, rows) => {
      const content = await compress(linesOf(rows), {level: 9})
      const handle = await open(pathOf(file) + partial, 'w')
      try {
        await handle.writeFile(content)
        await handle.datasync()
      } finally {
        await handle.close()
      }
      await rename(pathOf(file) + partial, pathOf(file))
      keep({...file, bytes: content.length})
    },
    remove: async (file) => {
      await rm(pathOf(file), {force: true})
      files.delete(fileName(file))
    },
  }
}

/** One line of JSON a row. */
export const linesOf = (rows: readonly Row[]): string =>
  rows.map((row) => `${JSON.stringify(rowJson(row))}\n`).join('')

/** What was being written when the power went ends so. */
const partial = '.partial'

const compress = promisify(gzip)

const linesAtOnce = 200

const rowsIn = async (content: Buffer): Promise<FileRows> => {
  const {text, isDamaged} = await gunzipText(content)
  const lines = text.split('\n')
  const torn = lines.pop()
  const rows: (Row | undefined)[] = []
  for (const [i, line] of lines.entries()) {
    rows.push(parseRow(line))
    // An hour of seconds takes a while: the daemon goes on answering.
    if (i % linesAtOnce === linesAtOnce - 1) await yieldToOthers()
  }
  const whole = rows.filter((row) => row !== undefined)
  return {rows: whole, isDamaged: isDamaged || torn !== '' || whole.length < rows.length}
}
