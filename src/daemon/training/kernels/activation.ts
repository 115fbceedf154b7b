/** Activations, in place, and the way back: slopes times what each activation's slope is, told by what came out. */
import {exponential} from './exponential'

export function relu(x: usize, vectors: i32): void {
  const zero = f32x4.splat(0)
  for (const end = x + ((<usize>vectors) << 4); x < end; x += 16) {
    v128.store(x, f32x4.pmax(v128.load(x), zero))
  }
}

export function reluBack(d: usize, y: usize, vectors: i32): void {
  const zero = f32x4.splat(0)
  for (const end = d + ((<usize>vectors) << 4); d < end; d += 16, y += 16) {
    v128.store(d, v128.and(v128.load(d), f32x4.gt(v128.load(y), zero)))
  }
}

export function sigmoid(x: usize, vectors: i32): void {
  const one = f32x4.splat(1)
  for (const end = x + ((<usize>vectors) << 4); x < end; x += 16) {
    const inverse = f32x4.add(one, exponential(f32x4.neg(v128.load(x))))
    v128.store(x, f32x4.div(one, inverse))
  }
}

export function sigmoidBack(d: usize, y: usize, vectors: i32): void {
  const one = f32x4.splat(1)
  for (const end = d + ((<usize>vectors) << 4); d < end; d += 16, y += 16) {
    const out = v128.load(y)
    const slope = f32x4.mul(out, f32x4.sub(one, out))
    v128.store(d, f32x4.mul(v128.load(d), slope))
  }
}

export function tanh(x: usize, vectors: i32): void {
  for (const end = x + ((<usize>vectors) << 4); x < end; x += 16) {
    v128.store(x, hyperbolicTangent(v128.load(x)))
  }
}

export function tanhBack(d: usize, y: usize, vectors: i32): void {
  const one = f32x4.splat(1)
  for (const end = d + ((<usize>vectors) << 4); d < end; d += 16, y += 16) {
    const out = v128.load(y)
    const slope = f32x4.sub(one, f32x4.mul(out, out))
    v128.store(d, f32x4.mul(v128.load(d), slope))
  }
}

/** Eigen's rational function of degree 13 / 6, right to a few units in the last place. NaN stays NaN. */
function hyperbolicTangent(x: v128): v128 {
  const most = f32x4.splat(7.905311107635498)
  x = f32x4.pmax(f32x4.pmin(x, most), f32x4.neg(most))
  const square = f32x4.mul(x, x)
  let above = f32x4.splat(-2.76076847742355e-16)
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(2.00018790482477e-13))
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(-8.60467152213735e-11))
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(5.12229709037114e-8))
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(1.48572235717979e-5))
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(6.37261928875436e-4))
  above = f32x4.add(f32x4.mul(above, square), f32x4.splat(4.89352455891786e-3))
  let below = f32x4.splat(1.19825839466702e-6)
  below = f32x4.add(f32x4.mul(below, square), f32x4.splat(1.18534705686654e-4))
  below = f32x4.add(f32x4.mul(below, square), f32x4.splat(2.268434632439e-3))
  below = f32x4.add(f32x4.mul(below, square), f32x4.splat(4.89352518554385e-3))
  return f32x4.div(f32x4.mul(x, above), below)
}
