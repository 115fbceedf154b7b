/** JPEG through jpeg-js, with bounds on what a file may ask for. */
import jpeg from 'jpeg-js'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import type {Image} from './image.ts'

/** Decodes a picture into 1 channel (its luminance) or 3. */
export const parseJpeg = (bytes: Uint8Array, channels: 1 | 3): Result<Image> => {
  try {
    const {width, height, data} = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: 4,
      maxMemoryUsageInMB: 64,
    })
    if (data.length !== width * height * 3) return refuse('expected a whole JPEG picture')
    return ok({width, height, channels, pixels: channels === 3 ? data : luminance(data)})
  } catch (error) {
    return refuse(`expected a JPEG picture, found a damaged one (${reasonOf(error)})`)
  }
}

/** ITU-R BT.601 weights; a gray picture, whose channels are equal, keeps its values. */
const luminance = (rgb: Uint8Array): Uint8Array =>
  Uint8Array.from({length: rgb.length / 3}, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(3 * pixel)
    return Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  })
