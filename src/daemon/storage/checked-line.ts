/** One line that knows whether it is whole: CRC-32 in hex, a space, JSON, a newline. Pure. */
import {crc32} from 'node:zlib'
import type {Json} from '../base/json.ts'

export const checkedLine = (value: Json): string => {
  const json = JSON.stringify(value)
  return `${checksumOf(json)} ${json}\n`
}

export type Lines = {
  readonly values: readonly Json[]
  /** How many bytes the good lines take; what follows is damaged. */
  readonly goodBytes: number
}

/** Reads lines up to the first that is torn or was altered. */
export const readCheckedLines = (content: Buffer): Lines => {
  const values: Json[] = []
  let start = 0
  for (;;) {
    const end = content.indexOf('\n', start)
    if (end === -1) return {values, goodBytes: start}
    const line = content.toString('utf8', start, end)
    const json = line.slice(9)
    if (line[8] !== ' ' || line.slice(0, 8) !== checksumOf(json)) return {values, goodBytes: start}
    values.push(JSON.parse(json))
    start = end + 1
  }
}

const checksumOf = (json: string): string => crc32(json).toString(16).padStart(8, '0')
