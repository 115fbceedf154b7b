/**
 * The maximum or the average of each 2 × 2 places, for one group of four samples; an odd last row or column is left out.
 * What is pooled lies in rows of `rowBytes`; `rows` and `columns` count the windows.
 */

/** `codes` remembers which of a window's four places was taken, 0–3: the first one of several. */
export function poolMaximum(
  x: usize,
  y: usize,
  codes: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  rowBytes: usize,
): void {
  const step = (<usize>channels) << 4
  for (let row = 0; row < rows; row++) {
    let above = x + <usize>(2 * row) * rowBytes
    for (let column = 0; column < columns; column++) {
      for (const end = above + step; above < end; above += 16, y += 16, codes += 16) {
        let highest = v128.load(above)
        const right = v128.load(above + step)
        let isHigher = f32x4.gt(right, highest)
        let code = v128.and(isHigher, i32x4.splat(1))
        highest = f32x4.pmax(highest, right)
        const below = v128.load(above + rowBytes)
        isHigher = f32x4.gt(below, highest)
        code = v128.bitselect(i32x4.splat(2), code, isHigher)
        highest = f32x4.pmax(highest, below)
        const corner = v128.load(above + rowBytes + step)
        isHigher = f32x4.gt(corner, highest)
        v128.store(codes, v128.bitselect(i32x4.splat(3), code, isHigher))
        v128.store(y, f32x4.pmax(highest, corner))
      }
      above += step
    }
  }
}

/** The slopes by what was pooled: those of the maximum, and 0 for the other three places. */
export function poolMaximumBack(
  dy: usize,
  codes: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  rowBytes: usize,
): void {
  const step = (<usize>channels) << 4
  for (let row = 0; row < rows; row++) {
    let above = dx + <usize>(2 * row) * rowBytes
    for (let column = 0; column < columns; column++) {
      for (const end = above + step; above < end; above += 16, dy += 16, codes += 16) {
        const slope = v128.load(dy)
        const code = v128.load(codes)
        v128.store(above, v128.and(slope, i32x4.eq(code, i32x4.splat(0))))
        v128.store(above + step, v128.and(slope, i32x4.eq(code, i32x4.splat(1))))
        v128.store(above + rowBytes, v128.and(slope, i32x4.eq(code, i32x4.splat(2))))
        v128.store(above + rowBytes + step, v128.and(slope, i32x4.eq(code, i32x4.splat(3))))
      }
      above += step
    }
  }
}

export function poolAverage(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  rowBytes: usize,
): void {
  const step = (<usize>channels) << 4
  const quarter = f32x4.splat(0.25)
  for (let row = 0; row < rows; row++) {
    let above = x + <usize>(2 * row) * rowBytes
    for (let column = 0; column < columns; column++) {
      for (const end = above + step; above < end; above += 16, y += 16) {
        const upper = f32x4.add(v128.load(above), v128.load(above + step))
        const below = above + rowBytes
        const lower = f32x4.add(v128.load(below), v128.load(below + step))
        v128.store(y, f32x4.mul(f32x4.add(upper, lower), quarter))
      }
      above += step
    }
  }
}

export function poolAverageBack(
  dy: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  rowBytes: usize,
): void {
  const step = (<usize>channels) << 4
  const quarter = f32x4.splat(0.25)
  for (let row = 0; row < rows; row++) {
    let above = dx + <usize>(2 * row) * rowBytes
    for (let column = 0; column < columns; column++) {
      for (const end = above + step; above < end; above += 16, dy += 16) {
        const slope = f32x4.mul(v128.load(dy), quarter)
        v128.store(above, slope)
        v128.store(above + step, slope)
        v128.store(above + rowBytes, slope)
        v128.store(above + rowBytes + step, slope)
      }
      above += step
    }
  }
}
