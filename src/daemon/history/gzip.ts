/**
 * A gzip file that grows by appending: each text is readable as soon as it is written, and the file as it is can be
 * read by any gunzip. Texts are deflated one by one, each against what came before it (as pigz does).
 */
import {promisify} from 'node:util'
import {constants, crc32, deflateRawSync, gunzip} from 'node:zlib'

export type GzipState = {
  /** What deflate may refer back to. */
  readonly window: Buffer
  readonly checksum: number
  readonly textBytes: number
}

export const emptyGzip: GzipState = {window: Buffer.alloc(0), checksum: 0, textBytes: 0}

const windowBytes = 32_768

/** Deflate, no name, no time, unknown system. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])

/** The bytes that add `text` to the file. */
export const gzipMore = (
  state: GzipState,
  text: string,
): {readonly state: GzipState; readonly bytes: Buffer} => {
  const plain = Buffer.from(text)
  const deflated = deflateRawSync(plain, {
    level: 9,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(state.window.length ? {dictionary: state.window} : {}),
  })
  return {
    bytes: state.textBytes ? deflated : Buffer.concat([header, deflated]),
    state: {
      window: Buffer.concat([state.window, plain]).subarray(-windowBytes),
      checksum: crc32(plain, state.checksum),
      textBytes: state.textBytes + plain.length,
    },
  }
}

/** The bytes that end the file. */
export const gzipEnd = ({checksum, textBytes}: GzipState): Buffer => {
  const end = Buffer.alloc(10)
  end.writeUInt16LE(0x0003, 0) // a last block, empty
  end.writeUInt32LE(checksum, 2)
  end.writeUInt32LE(textBytes % 2 ** 32, 6)
  return end
}

const inflate = promisify(gunzip)

/** Where one text ends and the next begins. */
const syncMarker = Buffer.from([0x00, 0x00, 0xff, 0xff])

/** The text in a file, as far as it can be read: a power cut leaves files without their end, or with rubbish there. */
export const gunzipText = async (
  content: Buffer,
): Promise<{readonly text: string; readonly isDamaged: boolean}> => {
  let end = content.length
  while (end > header.length) {
    try {
      const text = await inflate(content.subarray(0, end), {finishFlush: constants.Z_SYNC_FLUSH})
      return {text: text.toString(), isDamaged: end < content.length}
    } catch {
      const marker = content.lastIndexOf(syncMarker, end - syncMarker.length - 1)
      end = marker === -1 ? 0 : marker + syncMarker.length
    }
  }
  return {text: '', isDamaged: content.length > 0}
}
