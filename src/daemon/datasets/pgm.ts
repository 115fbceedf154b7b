/** Gray pictures in both forms of PGM: P5 with bytes, P2 with words. Pure. */
import {ok, type Result, refuse} from '../base/result.ts'
import type {Image} from './image.ts'

const mostPixels = 2 ** 24

/** Decodes a picture; its values are scaled from 0–maxval to 0–255. Comments may stand anywhere in the header. */
export const parsePgm = (bytes: Uint8Array): Result<Image> => {
  const form = String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0)
  if (form !== 'P2' && form !== 'P5') {
    return refuse(`expected a PGM picture (P2 or P5), found ${JSON.stringify(form)}`)
  }
  const reader = wordReader(bytes, 2)
  const width = reader.next()
  const height = reader.next()
  const maxval = reader.next()
  if (!width || !height || !maxval || width * height > mostPixels || maxval > 65_535) {
    return refuse(
      `expected a width, a height and a maxval up to 65535, found ${width}, ${height} and ${maxval}`,
    )
  }
  const values =
    form === 'P2'
      ? Array.from({length: width * height}, reader.next)
      : // One white-space character ends the header.
        binaryValues(bytes.subarray(reader.position() + 1), width * height, maxval > 255)
  if (values.length < width * height || values.some((value) => !(value <= maxval))) {
    return refuse(`expected ${width * height} values up to ${maxval}, found fewer or others`)
  }
  const pixels = Uint8Array.from(values, (value) => Math.round((value * 255) / maxval))
  return ok({height, width, channels: 1, pixels})
}

/** One byte a value, or two with the higher first. */
const binaryValues = (bytes: Uint8Array, count: number, isWide: boolean): readonly number[] => {
  if (!isWide) return Array.from(bytes.subarray(0, count))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Math.min(count, Math.floor(bytes.length / 2))
  return Array.from({length}, (_, index) => view.getUint16(2 * index))
}

/** Reads whole numbers between white space and `#` comments; NaN where there is none. */
const wordReader = (bytes: Uint8Array, start: number) => {
  let at = start
  const skipBlanks = () => {
    for (;;) {
      while (isBlank(bytes[at])) at++
      if (bytes[at] !== hash) return
      while (at < bytes.length && bytes[at] !== newline) at++
    }
  }
  return {
    position: () => at,
    next: (): number => {
      skipBlanks()
      let value = Number.NaN
      for (let digit = digitOf(bytes[at]); digit !== undefined; digit = digitOf(bytes[++at])) {
        value = 10 * (value || 0) + digit
      }
      return value
    },
  }
}

const hash = 35
const newline = 10

const isBlank = (byte: number | undefined): boolean =>
  byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)

const digitOf = (byte: number | undefined): number | undefined =>
  byte !== undefined && byte >= 48 && byte <= 57 ? byte - 48 : undefined
