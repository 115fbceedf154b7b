/** Every unit sees every input. Groups of four samples lie `xStride` and `yStride` bytes apart. */
import {addBiasGradients} from './lanes'
import {correlateAll, weighAll} from './products'

/** weights: inputs × units. With the weights from `turnWeights` and no biases (0) this is the way back, too. */
export function connect(
  x: usize,
  weights: usize,
  biases: usize,
  y: usize,
  inputs: i32,
  units: i32,
  groups: i32,
  xStride: usize,
  yStride: usize,
): void {
  for (; groups > 0; groups -= 2) {
    const isLast = groups === 1
    const b = isLast ? x : x + xStride
    weighAll(units, x, b, inputs, 0, 1, weights, 0, biases, y, isLast ? y : y + yStride)
    x += 2 * xStride
    y += 2 * yStride
  }
}

/** Adds the gradients by the weights and by the biases; `d` holds the slopes of the units. */
export function addDenseGradients(
  x: usize,
  d: usize,
  weightGradients: usize,
  biasGradients: usize,
  inputs: i32,
  units: i32,
  groups: i32,
  xStride: usize,
  dStride: usize,
): void {
  const bytes = (<usize>units) << 2
  for (let first = 0; first < inputs; first += 2) {
    const second = min(first + 1, inputs - 1)
    correlateAll(
      units,
      x + ((<usize>first) << 4),
      x + ((<usize>second) << 4),
      xStride,
      0,
      d,
      dStride,
      0,
      1,
      groups,
      weightGradients + <usize>first * bytes,
      weightGradients + <usize>second * bytes,
    )
  }
  addBiasGradients(d, dStride, 0, 1, groups, units, biasGradients)
}
