/** The text files in which Linux shows a device, below a root: `/`, or a folder that holds a recorded device. */
import {closeSync, constants, openSync, readdirSync, readSync} from 'node:fs'
import {join} from 'node:path'

/** What a file says, without the newline or NUL at its end; or the code of the reason why it says nothing. */
export type Answer = {readonly text: string} | {readonly error: string}

/** Answers at once or blocks: it belongs into a thread of its own. */
export interface DeviceFiles {
  readonly read: (path: string) => Answer
  /** Names in a folder, numbers in their order; none where it is missing. */
  readonly list: (path: string) => readonly string[]
}

/** Sensors are short. Whatever else stands in their place is not read to its end. */
const maxBytes = 64 * 1024

const shortBytes = 2048

/** The files below `root`. */
export const openDeviceFiles = (root: string): DeviceFiles => {
  const buffer = Buffer.alloc(maxBytes)
  return {
    read: (path) => {
      let file: number | undefined
      try {
        // A pipe in place of a file would wait for its writer.
        file = openSync(join(root, path), constants.O_RDONLY | constants.O_NONBLOCK)
        return {text: withoutEnd(readWhole(file, buffer))}
      } catch (error) {
        return {error: codeOf(error)}
      } finally {
        if (file !== undefined) closeSync(file)
      }
    },
    list: (path) => {
      try {
        return readdirSync(join(root, path)).sort(byNumber)
      } catch {
        return []
      }
    },
  }
}

/** The text of a file that should be there; undefined where it says nothing. */
export const textOf = (files: DeviceFiles, path: string): string | undefined => {
  const answer = files.read(path)
  return 'text' in answer && answer.text !== '' ? answer.text : undefined
}

const readWhole = (file: number, buffer: Buffer): string => {
  let length = 0
  while (length < buffer.length) {
    const count = readSync(file, buffer, length, buffer.length - length, null)
    length += count
    // The kernel fills a page before it stops in the middle of a text: less is the end, without asking for it.
    if (count < shortBytes) break
  }
  return buffer.toString('utf8', 0, length)
}

/** Without the newline or NUL at its end. A pattern would take seconds for a file full of blanks. */
export const withoutEnd = (text: string): string => {
  let length = text.length
  while (length > 0 && '\0\n\r\t '.includes(text.charAt(length - 1))) length--
  return text.slice(0, length)
}

const codeOf = (error: unknown): string =>
  // Every error of node:fs has a code.
  (error as NodeJS.ErrnoException).code ?? 'unknown'

/** `thermal_zone2` before `thermal_zone10`. */
const byNumber = (a: string, b: string): number =>
  Number(/\d+/.exec(a)?.[0] ?? 0) - Number(/\d+/.exec(b)?.[0] ?? 0) || (a < b ? -1 : 1)
