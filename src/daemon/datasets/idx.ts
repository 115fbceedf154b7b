/** The IDX format of MNIST and its kin: big-endian header, then bytes. Pure. */
import {ok, type Result, refuse} from '../base/result.ts'

const imagesMagic = 0x00000803
const labelsMagic = 0x00000801

export type IdxImages = {
  readonly count: number
  readonly height: number
  readonly width: number
  /** count × height × width */
  readonly pixels: Uint8Array
}

export const parseIdxImages = (bytes: Uint8Array): Result<IdxImages> => {
  const header = headerOf(bytes, imagesMagic, 3)
  if (!header.ok) return header
  const [count = 0, height = 0, width = 0] = header.value
  const pixels = bytes.subarray(16)
  return pixels.length === count * height * width
    ? ok({count, height, width, pixels})
    : refuse(
        `expected ${count} pictures of ${width}x${height}, found ${pixels.length} bytes of them`,
      )
}

export const parseIdxLabels = (bytes: Uint8Array): Result<Uint8Array> => {
  const header = headerOf(bytes, labelsMagic, 1)
  if (!header.ok) return header
  const [count = 0] = header.value
  const labels = bytes.subarray(8)
  return labels.length === count
    ? ok(labels)
    : refuse(`expected ${count} labels, found ${labels.length}`)
}

const headerOf = (bytes: Uint8Array, magic: number, sizes: number): Result<readonly number[]> => {
  const length = 4 + 4 * sizes
  if (bytes.length < length)
    return refuse(`expected an IDX header of ${length} bytes, found ${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const found = view.getUint32(0)
  if (found !== magic) {
    return refuse(`expected the IDX magic 0x${magic.toString(16)}, found 0x${found.toString(16)}`)
  }
  return ok(Array.from({length: sizes}, (_, index) => view.getUint32(4 + 4 * index)))
}
