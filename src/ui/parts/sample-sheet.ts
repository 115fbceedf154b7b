/** Some pictures of a data set in one: a row a class, with a gap between pictures that shows the page's own color. */
import type {DatasetSamples} from '../../daemon/datasets/dataset.ts'
import {pngOf} from './png.ts'

/** Between two pictures, in their own pixels. */
const sheetGap = 2

export const sampleSheet = (samples: DatasetSamples): Buffer => {
  const {height, width, channels, classes, perClass, pixels} = samples
  const cell = {width: width + sheetGap, height: height + sheetGap}
  const sheetWidth = perClass * cell.width
  const rgba = new Uint8Array(sheetWidth * classes.length * cell.height * 4)
  for (let row = 0; row < classes.length * height; row++) {
    for (let column = 0; column < perClass * width; column++) {
      const picture = Math.floor(row / height) * perClass + Math.floor(column / width)
      const from = ((picture * height + (row % height)) * width + (column % width)) * channels
      const x = Math.floor(column / width) * cell.width + (column % width)
      const y = Math.floor(row / height) * cell.height + (row % height)
      const [red, green, blue] =
        channels === 3 ? pixels.subarray(from, from + 3) : Array(3).fill(pixels[from])
      rgba.set([red, green, blue, 255], (y * sheetWidth + x) * 4)
    }
  }
  return pngOf(sheetWidth, classes.length * cell.height, rgba)
}
