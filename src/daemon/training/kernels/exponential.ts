/** Cephes' expf by S. L. Moshier, on four numbers at once: right to 2 units in the last place. NaN stays NaN. */
export function exponential(x: v128): v128 {
  x = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.37)), f32x4.splat(-87.33))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(<f32>Math.LOG2E)))
  // ln 2 in two parts, so that n · ln 2 loses nothing.
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  x = f32x4.sub(x, f32x4.mul(n, f32x4.splat(-2.1219444e-4)))
  let sum = f32x4.splat(1.98756915e-4)
  sum = f32x4.add(f32x4.mul(sum, x), f32x4.splat(1.3981999507e-3))
  sum = f32x4.add(f32x4.mul(sum, x), f32x4.splat(8.3334519073e-3))
  sum = f32x4.add(f32x4.mul(sum, x), f32x4.splat(4.1665795894e-2))
  sum = f32x4.add(f32x4.mul(sum, x), f32x4.splat(1.6666665459e-1))
  sum = f32x4.add(f32x4.mul(sum, x), f32x4.splat(5.0000001201e-1))
  sum = f32x4.add(f32x4.mul(f32x4.mul(sum, x), x), f32x4.add(x, f32x4.splat(1)))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(sum, power)
}
