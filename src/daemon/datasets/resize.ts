import type {Image} from './image.ts'

/** The picture at another size. Each new pixel is the mean of the area it covers; pure. */
export const resize = (image: Image, height: number, width: number): Image => {
  if (image.height === height && image.width === width) return image
  const {channels} = image
  const rows = coverage(image.height, height)
  const columns = coverage(image.width, width)
  const pixels = new Uint8Array(height * width * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0
        for (const [row, rowShare] of rows[y] ?? []) {
          for (const [column, columnShare] of columns[x] ?? []) {
            const value = image.pixels[(row * image.width + column) * channels + channel] ?? 0
            sum += value * rowShare * columnShare
          }
        }
        pixels[(y * width + x) * channels + channel] = Math.round(sum)
      }
    }
  }
  return {height, width, channels, pixels}
}

/** For each of `to` new cells: which of `from` old cells it covers, and with what share. Shares of a cell add up to 1. */
const coverage = (from: number, to: number): readonly (readonly (readonly [number, number])[])[] =>
  Array.from({length: to}, (_, cell) => {
    const start = (cell * from) / to
    const end = ((cell + 1) * from) / to
    const covered: [number, number][] = []
    for (let old = Math.floor(start); old < end; old++) {
      const share = (Math.min(end, old + 1) - Math.max(start, old)) / (end - start)
      if (share > 1e-9) covered.push([old, share])
    }
    return covered
  })
