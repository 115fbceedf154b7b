/**
 * The two inner loops that nearly all of the time is spent in. Both keep their sums in registers: for two places or
 * weights, `width` (1–4) sums each. More would not fit into the registers of x64, and sums that are moved to memory and
 * back cost more than the rest. `width` must be a constant where they are called: the compiler leaves out what is wider.
 */

/**
 * Weighs the values at two places `a` and `b` alike: y[f] = bias[f] + Σ x[k] · weights[k][f]. The sum goes over `runs`
 * runs of `length` values each; between runs, both places and the weights skip some bytes. A `bias` of 0 is none.
 */
@inline
function weigh(
  width: i32,
  a: usize,
  b: usize,
  length: i32,
  skip: usize,
  runs: i32,
  weights: usize,
  weightStep: usize,
  weightSkip: usize,
  bias: usize,
  yA: usize,
  yB: usize,
): void {
  let a0 = startOf(bias, 0)
  let a1 = width > 1 ? startOf(bias, 4) : a0
  let a2 = width > 2 ? startOf(bias, 8) : a0
  let a3 = width > 3 ? startOf(bias, 12) : a0
  let b0 = a0
  let b1 = a1
  let b2 = a2
  let b3 = a3
  for (; runs > 0; runs--) {
    const end = a + (<usize>length << 4)
    while (a < end) {
      const xA = v128.load(a)
      const xB = v128.load(b)
      let weight = v128.load32_splat(weights)
      a0 = f32x4.add(a0, f32x4.mul(xA, weight))
      b0 = f32x4.add(b0, f32x4.mul(xB, weight))
      if (width > 1) {
        weight = v128.load32_splat(weights, 4)
        a1 = f32x4.add(a1, f32x4.mul(xA, weight))
        b1 = f32x4.add(b1, f32x4.mul(xB, weight))
      }
      if (width > 2) {
        weight = v128.load32_splat(weights, 8)
        a2 = f32x4.add(a2, f32x4.mul(xA, weight))
        b2 = f32x4.add(b2, f32x4.mul(xB, weight))
      }
      if (width > 3) {
        weight = v128.load32_splat(weights, 12)
        a3 = f32x4.add(a3, f32x4.mul(xA, weight))
        b3 = f32x4.add(b3, f32x4.mul(xB, weight))
      }
      a += 16
      b += 16
      weights += weightStep
    }
    a += skip
    b += skip
    weights += weightSkip
  }
  storeRow(width, yA, a0, a1, a2, a3)
  storeRow(width, yB, b0, b1, b2, b3)
}

@inline
function startOf(bias: usize, offset: usize): v128 {
  return bias === 0 ? f32x4.splat(0) : v128.load32_splat(bias + offset)
}

@inline
function storeRow(width: i32, y: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  v128.store(y, v0)
  if (width > 1) v128.store(y, v1, 16)
  if (width > 2) v128.store(y, v2, 32)
  if (width > 3) v128.store(y, v3, 48)
}

/** `weigh` for all of `outputs` neighboring outputs, whose weights and biases lie side by side. */
export function weighAll(
  outputs: i32,
  a: usize,
  b: usize,
  length: i32,
  skip: usize,
  runs: i32,
  weights: usize,
  weightSkip: usize,
  bias: usize,
  yA: usize,
  yB: usize,
): void {
  const step = <usize>outputs << 2
  while (outputs > 0) {
    const width = <usize>widthFor(outputs)
    if (width === 4) {
      weigh(4, a, b, length, skip, runs, weights, step, weightSkip, bias, yA, yB)
    } else if (width === 3) {
      weigh(3, a, b, length, skip, runs, weights, step, weightSkip, bias, yA, yB)
    } else if (width === 2) {
      weigh(2, a, b, length, skip, runs, weights, step, weightSkip, bias, yA, yB)
    } else {
      weigh(1, a, b, length, skip, runs, weights, step, weightSkip, bias, yA, yB)
    }
    outputs -= <i32>width
    weights += width << 2
    bias = bias === 0 ? 0 : bias + (width << 2)
    yA += width << 4
    yB += width << 4
  }
}

/** How many of so many outputs to take at once: 6 are better halved than left with a 2, which waits for its sums. */
function widthFor(outputs: i32): i32 {
  return outputs === 5 || outputs === 6 ? 3 : min(outputs, 4)
}

/**
 * Adds to the gradients by the weights between two values (read at `a` and `b`) and `width` neighboring outputs (whose
 * slopes are read at `d`): gradient[f] += Σ x · d[f], over rows and columns of places and over the four samples.
 */
@inline
function correlate(
  width: i32,
  a: usize,
  b: usize,
  step: usize,
  skip: usize,
  d: usize,
  dStep: usize,
  dSkip: usize,
  rows: i32,
  columns: i32,
  gradientA: usize,
  gradientB: usize,
): void {
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let b0 = a0
  let b1 = a0
  let b2 = a0
  let b3 = a0
  for (; rows > 0; rows--) {
    const end = a + <usize>columns * step
    while (a < end) {
      const xA = v128.load(a)
      const xB = v128.load(b)
      let slope = v128.load(d)
      a0 = f32x4.add(a0, f32x4.mul(xA, slope))
      b0 = f32x4.add(b0, f32x4.mul(xB, slope))
      if (width > 1) {
        slope = v128.load(d, 16)
        a1 = f32x4.add(a1, f32x4.mul(xA, slope))
        b1 = f32x4.add(b1, f32x4.mul(xB, slope))
      }
      if (width > 2) {
        slope = v128.load(d, 32)
        a2 = f32x4.add(a2, f32x4.mul(xA, slope))
        b2 = f32x4.add(b2, f32x4.mul(xB, slope))
      }
      if (width > 3) {
        slope = v128.load(d, 48)
        a3 = f32x4.add(a3, f32x4.mul(xA, slope))
        b3 = f32x4.add(b3, f32x4.mul(xB, slope))
      }
      a += step
      b += step
      d += dStep
    }
    a += skip
    b += skip
    d += dSkip
  }
  addTotals(width, gradientA, a0, a1, a2, a3)
  if (gradientB !== gradientA) addTotals(width, gradientB, b0, b1, b2, b3)
}

@inline
function addTotals(width: i32, gradient: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  const totals = totalsOf(v0, v1, v2, v3)
  if (width === 4) {
    v128.store(gradient, f32x4.add(v128.load(gradient), totals))
  } else {
    store<f32>(gradient, load<f32>(gradient) + f32x4.extract_lane(totals, 0))
    if (width > 1) store<f32>(gradient, load<f32>(gradient, 4) + f32x4.extract_lane(totals, 1), 4)
    if (width > 2) store<f32>(gradient, load<f32>(gradient, 8) + f32x4.extract_lane(totals, 2), 8)
  }
}

/** The four vectors' own sums, side by side. */
@inline
function totalsOf(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  const first = f32x4.add(
    v128.shuffle<f32>(v0, v1, 0, 4, 1, 5),
    v128.shuffle<f32>(v0, v1, 2, 6, 3, 7),
  )
  const second = f32x4.add(
    v128.shuffle<f32>(v2, v3, 0, 4, 1, 5),
    v128.shuffle<f32>(v2, v3, 2, 6, 3, 7),
  )
  return f32x4.add(
    v128.shuffle<f32>(first, second, 0, 1, 4, 5),
    v128.shuffle<f32>(first, second, 2, 3, 6, 7),
  )
}

/** `correlate` for all of `outputs` neighboring outputs. */
export function correlateAll(
  outputs: i32,
  a: usize,
  b: usize,
  step: usize,
  skip: usize,
  d: usize,
  dStep: usize,
  dSkip: usize,
  rows: i32,
  columns: i32,
  gradientA: usize,
  gradientB: usize,
): void {
  while (outputs > 0) {
    const width = <usize>widthFor(outputs)
    if (width === 4) {
      correlate(4, a, b, step, skip, d, dStep, dSkip, rows, columns, gradientA, gradientB)
    } else if (width === 3) {
      correlate(3, a, b, step, skip, d, dStep, dSkip, rows, columns, gradientA, gradientB)
    } else if (width === 2) {
      correlate(2, a, b, step, skip, d, dStep, dSkip, rows, columns, gradientA, gradientB)
    } else {
      correlate(1, a, b, step, skip, d, dStep, dSkip, rows, columns, gradientA, gradientB)
    }
    outputs -= <i32>width
    d += width << 4
    gradientA += width << 2
    gradientB += width << 2
  }
}
