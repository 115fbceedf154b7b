import type {Rng} from '../../base/random.ts'
import type {Dataset, LabeledImages} from '../../datasets/dataset.ts'
import type {LenetSetting} from '../../studies/hyperparameters.ts'
import type {Samples} from '../model.ts'
import type {Scaling} from './scaling.ts'

/**
 * Gathers pictures as the network takes them. The samples are good until the next call; pictures that are not changed are
 * gathered when somebody looks at them.
 */
export type Gather = (pictures: Uint32Array) => Samples

/** Random changes to pictures that are learned from, drawn picture by picture: however a batch is cut, they are the same. */
export type Augmentation = Pick<LenetSetting, 'shift' | 'flip'> & {readonly random: Rng}

type PictureShape = Pick<Dataset, 'height' | 'width' | 'channels'>

export const createGather = (
  images: LabeledImages,
  shape: PictureShape,
  scaling: Scaling,
  augmentation?: Augmentation,
): Gather => {
  const size = shape.height * shape.width * shape.channels
  const scalePicture = scalePictures(images.pixels, size, shape.channels, scaling)
  const from = {pixels: images.pixels, scaling}
  let pixels = new Float32Array(0)
  const reach = (count: number) => {
    if (pixels.length < count * size) pixels = new Float32Array(count * size)
  }

  const asTheyAre = (pictures: Uint32Array) => {
    reach(pictures.length)
    for (const [index, picture] of pictures.entries()) scalePicture(picture, pixels, index)
    return pixels
  }

  const changed = (pictures: Uint32Array, {shift, flip, random}: Augmentation) => {
    reach(pictures.length)
    for (const [index, picture] of pictures.entries()) {
      const move = drawMove({shift, flip, random})
      if (isAsItIs(move)) scalePicture(picture, pixels, index)
      else {
        const source = images.pixels.subarray(picture * size, (picture + 1) * size)
        const to = pixels.subarray(index * size, (index + 1) * size)
        copyPicture(source, to, shape, scaling, move)
      }
    }
    return pixels
  }

  return (pictures) => {
    const labels = Uint8Array.from(pictures, (picture) => images.labels[picture])
    if (isChanging(augmentation)) return {pixels: changed(pictures, augmentation), labels}
    let gathered: Float32Array | undefined
    return {
      get pixels() {
        gathered ??= asTheyAre(pictures)
        return gathered
      },
      labels,
      taken: {from, places: pictures},
    }
  }
}

const isChanging = (augmentation: Augmentation | undefined): augmentation is Augmentation =>
  augmentation !== undefined && (augmentation.shift > 0 || augmentation.flip)

type Move = {readonly down: number; readonly right: number; readonly isMirrored: boolean}

const isAsItIs = ({down, right, isMirrored}: Move): boolean =>
  down === 0 && right === 0 && !isMirrored

const drawMove = ({shift, flip, random}: Augmentation): Move => ({
  down: shift > 0 ? random.integer(-shift, shift + 1) : 0,
  right: shift > 0 ? random.integer(-shift, shift + 1) : 0,
  isMirrored: flip && random.uniform() < 0.5,
})

/**
 * Scales one picture as it is, into its place in the batch. Color pictures have a loop of their own, with a table a channel:
 * it takes two thirds of the other's time, and that is a tenth of a training step.
 */
const scalePictures = (
  from: Uint8Array,
  size: number,
  channels: number,
  scaling: Scaling,
): ((picture: number, to: Float32Array, index: number) => void) => {
  const [first, second, third] = Array.from({length: channels}, (_, channel) =>
    scaling.slice(256 * channel, 256 * (channel + 1)),
  )
  if (channels === 3) {
    return (picture, to, index) => {
      const source = picture * size
      const target = index * size
      for (let i = 0; i < size; i += 3) {
        to[target + i] = first[from[source + i]]
        to[target + i + 1] = second[from[source + i + 1]]
        to[target + i + 2] = third[from[source + i + 2]]
      }
    }
  }
  return (picture, to, index) => {
    const source = picture * size
    const target = index * size
    for (let i = 0, row = 0; i < size; i++) {
      to[target + i] = scaling[row + from[source + i]]
      row = row + 256 < scaling.length ? row + 256 : 0
    }
  }
}

/** What a move uncovers repeats the pixels at the picture's edge. */
const copyPicture = (
  from: Uint8Array,
  to: Float32Array,
  {height, width, channels}: PictureShape,
  scaling: Scaling,
  {down, right, isMirrored}: Move,
) => {
  const lastRow = height - 1
  const lastColumn = width - 1
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.min(lastRow, Math.max(0, y - down)) * width
    for (let x = 0; x < width; x++) {
      const column = Math.min(lastColumn, Math.max(0, (isMirrored ? lastColumn - x : x) - right))
      const source = (row + column) * channels
      for (let channel = 0; channel < channels; channel++) {
        to[at++] = scaling[256 * channel + from[source + channel]]
      }
    }
  }
}
