/** One decoded picture: bytes, row-major, channels last. */
export type Image = {
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  readonly pixels: Uint8Array
}
