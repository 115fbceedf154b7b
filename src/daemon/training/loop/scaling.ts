import type {Dataset} from '../../datasets/dataset.ts'

/** channels × 256: what each byte of each channel becomes. */
export type Scaling = Float32Array

/**
 * Scales each channel to mean 0 and standard deviation 1 over the given pictures: those that are trained on, so that
 * nothing of the others leaks in. A channel that never changes becomes 0.
 */
export const fitScaling = (
  pixels: Uint8Array,
  shape: Pick<Dataset, 'height' | 'width' | 'channels'>,
  pictures: Uint32Array,
): Scaling => {
  const {channels} = shape
  const size = shape.height * shape.width * channels
  const counts = Array.from({length: channels}, () => new Float64Array(256))
  for (const picture of pictures) {
    for (let i = picture * size, end = i + size; i < end; i += channels) {
      for (let channel = 0; channel < channels; channel++) counts[channel][pixels[i + channel]]++
    }
  }
  return Float32Array.from(counts.flatMap(standardized))
}

const standardized = (counts: Float64Array): readonly number[] => {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const mean = counts.reduce((sum, count, byte) => sum + count * byte, 0) / total
  const variance = counts.reduce((sum, count, byte) => sum + count * (byte - mean) ** 2, 0) / total
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0
  return Array.from({length: 256}, (_, byte) => (byte - mean) * scale)
}
