/**
 * Square filters at every place where they fit, for one group of four samples.
 * x: height × width × channels vectors. Outputs and their slopes lie in rows with one more place behind the last column,
 * and one place before the first row: these borders of slopes must be 0, then the way back needs no special cases.
 */
import {addBiasGradients} from './lanes'
import {correlateAll, weighAll} from './products'

/** weights: side × side × channels × filters; `y` is the place of the first row and column. */
export function convolve(
  x: usize,
  weights: usize,
  biases: usize,
  y: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  side: i32,
): void {
  const columns = width - side + 1
  const xStep = (<usize>channels) << 4
  const yStep = (<usize>filters) << 4
  const length = side * channels
  const skip = (<usize>((width - side) * channels)) << 4
  for (let row = 0; row <= height - side; row++) {
    for (let column = 0; column < columns; column += 2) {
      const a = x + <usize>(row * width + column) * xStep
      const yA = y + <usize>(row * (columns + 1) + column) * yStep
      const isLast = column + 1 === columns
      const b = isLast ? a : a + xStep
      const yB = isLast ? yA : yA + yStep
      weighAll(filters, a, b, length, skip, side, weights, 0, biases, yA, yB)
    }
  }
}

/** Adds the gradients by the weights and by the biases; `d` holds the slopes of the outputs. */
export function addConvolutionGradients(
  x: usize,
  d: usize,
  weightGradients: usize,
  biasGradients: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  side: i32,
): void {
  const rows = height - side + 1
  const columns = width - side + 1
  const xStep = (<usize>channels) << 4
  const xSkip = xStep * (side - 1)
  const dStep = (<usize>filters) << 4
  const bytes = (<usize>filters) << 2
  const length = side * channels
  const count = side * length
  for (let first = 0; first < count; first += 2) {
    const second = min(first + 1, count - 1)
    correlateAll(
      filters,
      x + placeInPatch(first, length, width * channels),
      x + placeInPatch(second, length, width * channels),
      xStep,
      xSkip,
      d,
      dStep,
      dStep,
      rows,
      columns,
      weightGradients + <usize>first * bytes,
      weightGradients + <usize>second * bytes,
    )
  }
  addBiasGradients(d, dStep, dStep, rows, columns, filters, biasGradients)
}

/** Where the value that the `index`-th weight of a filter sees lies, seen from the first one. */
function placeInPatch(index: i32, length: i32, rowLength: i32): usize {
  return (<usize>((index / length) * rowLength + (index % length))) << 4
}

/** The slopes by the inputs, into `dx`. `turned`: the weights from `turnWeights`. */
export function convolveBack(
  d: usize,
  turned: usize,
  dx: usize,
  height: i32,
  width: i32,
  channels: i32,
  filters: i32,
  side: i32,
): void {
  const columns = width - side + 1
  const reach = side - 1
  const dStep = (<usize>filters) << 4
  const xStep = (<usize>channels) << 4
  const weightBytes = (<usize>(filters * channels)) << 2
  for (let row = 0; row < height; row++) {
    const top = max(0, reach - row)
    const runs = min(side, height - row) - top
    for (let column = 0; column < width; column += 2) {
      const isLast = column + 1 === width
      const left = max(0, reach - column - (isLast ? 0 : 1))
      const places = min(side, columns + reach - column) - left
      const skip = <usize>(columns + 1 - places) * dStep
      const corner = (row - reach + top) * (columns + 1) + column - reach + left
      const a = d + <usize>corner * dStep
      const yA = dx + <usize>(row * width + column) * xStep
      weighAll(
        channels,
        a,
        isLast ? a : a + dStep,
        places * filters,
        skip,
        runs,
        turned + <usize>(top * side + left) * weightBytes,
        <usize>(side - places) * weightBytes,
        0,
        yA,
        isLast ? yA : yA + xStep,
      )
    }
  }
}
