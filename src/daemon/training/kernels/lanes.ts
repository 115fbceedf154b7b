/**
 * How values lie in this module: samples go in groups of four, and one v128 holds the same value of the four samples of
 * a group. So every shape is computed in full vectors, however few channels or units it has.
 */

/** Turns four samples of `size` numbers, one after another, into a group. */
export function interleave(samples: usize, into: usize, size: i32): void {
  const bytes = (<usize>size) << 2
  const whole = samples + ((<usize>size >> 2) << 4)
  const end = samples + bytes
  while (samples < whole) {
    const a = v128.load(samples)
    const b = v128.load(samples + bytes)
    const c = v128.load(samples + 2 * bytes)
    const d = v128.load(samples + 3 * bytes)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
    v128.store(into, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5))
    v128.store(into, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16)
    const abBehind = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cdBehind = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    v128.store(into, v128.shuffle<f32>(abBehind, cdBehind, 0, 1, 4, 5), 32)
    v128.store(into, v128.shuffle<f32>(abBehind, cdBehind, 2, 3, 6, 7), 48)
    samples += 16
    into += 64
  }
  for (; samples < end; samples += 4, into += 16) {
    store<f32>(into, load<f32>(samples))
    store<f32>(into, load<f32>(samples + bytes), 4)
    store<f32>(into, load<f32>(samples + 2 * bytes), 8)
    store<f32>(into, load<f32>(samples + 3 * bytes), 12)
  }
}

/** y = a · b, vector by vector. */
export function multiplyEach(a: usize, b: usize, y: usize, vectors: i32): void {
  for (const end = a + ((<usize>vectors) << 4); a < end; a += 16, b += 16, y += 16) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)))
  }
}

/**
 * weights: side × side × inputs × outputs. Turned for the way back: reversed by row and column, with inputs and outputs
 * exchanged. A dense layer's weights have side 1.
 */
export function turnWeights(
  weights: usize,
  into: usize,
  side: i32,
  inputs: i32,
  outputs: i32,
): void {
  const bytes = (<usize>(inputs * outputs)) << 2
  for (let place = side * side - 1; place >= 0; place--) {
    transpose(weights + <usize>place * bytes, into, inputs, outputs)
    into += bytes
  }
}

function transpose(from: usize, into: usize, rows: i32, columns: i32): void {
  for (let column = 0; column < columns; column++) {
    let at = from + ((<usize>column) << 2)
    for (let row = 0; row < rows; row++) {
      store<f32>(into, load<f32>(at))
      into += 4
      at += (<usize>columns) << 2
    }
  }
}

/**
 * Adds to each of `outputs` gradients by a bias the sum of its slopes over rows and columns of places and over the four
 * samples.
 */
export function addBiasGradients(
  d: usize,
  dStep: usize,
  dSkip: usize,
  rows: i32,
  columns: i32,
  outputs: i32,
  gradients: usize,
): void {
  for (let output = 0; output < outputs; output++) {
    let at = d + ((<usize>output) << 4)
    let sum = f32x4.splat(0)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        sum = f32x4.add(sum, v128.load(at))
        at += dStep
      }
      at += dSkip
    }
    const gradient = gradients + ((<usize>output) << 2)
    const both =
      f32x4.extract_lane(sum, 0) +
      f32x4.extract_lane(sum, 1) +
      (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
    store<f32>(gradient, load<f32>(gradient) + both)
  }
}
