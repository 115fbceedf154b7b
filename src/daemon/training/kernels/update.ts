/** The update rules. Arrays are padded to whole vectors; each rule leaves gradients of 0 for the next step. */

/** L2 penalty on the first `count` parameters. */
export function decay(parameters: usize, gradients: usize, count: i32, weightDecay: f32): void {
  const factor = f32x4.splat(weightDecay)
  const end = gradients + ((<usize>count) << 2)
  for (; gradients + 16 <= end; gradients += 16, parameters += 16) {
    const penalty = f32x4.mul(factor, v128.load(parameters))
    v128.store(gradients, f32x4.add(v128.load(gradients), penalty))
  }
  for (; gradients < end; gradients += 4, parameters += 4) {
    store<f32>(gradients, load<f32>(gradients) + weightDecay * load<f32>(parameters))
  }
}

/** The form of PyTorch and TensorFlow: v ← momentum·v + g, w ← w − lr·v. */
export function updateSgd(
  parameters: usize,
  gradients: usize,
  velocities: usize,
  vectors: i32,
  lr: f32,
  momentum: f32,
): void {
  const rate = f32x4.splat(lr)
  const kept = f32x4.splat(momentum)
  for (const end = gradients + ((<usize>vectors) << 4); gradients < end; gradients += 16) {
    const velocity = f32x4.add(f32x4.mul(kept, v128.load(velocities)), v128.load(gradients))
    v128.store(velocities, velocity)
    v128.store(parameters, f32x4.sub(v128.load(parameters), f32x4.mul(rate, velocity)))
    v128.store(gradients, f32x4.splat(0))
    parameters += 16
    velocities += 16
  }
}

/** Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1. Steps count from 1. */
export function updateAdam(
  parameters: usize,
  gradients: usize,
  m: usize,
  v: usize,
  vectors: i32,
  alpha: f32,
  beta1: f64,
  beta2: f64,
  correction1: f64,
  correction2: f64,
  epsilon: f32,
): void {
  const rate = f32x4.splat(alpha)
  const kept1 = f32x4.splat(<f32>beta1)
  const new1 = f32x4.splat(<f32>(1 - beta1))
  const kept2 = f32x4.splat(<f32>beta2)
  const new2 = f32x4.splat(<f32>(1 - beta2))
  const unbias1 = f32x4.splat(<f32>(1 / correction1))
  const unbias2 = f32x4.splat(<f32>(1 / correction2))
  for (const end = gradients + ((<usize>vectors) << 4); gradients < end; gradients += 16) {
    const g = v128.load(gradients)
    const mean = f32x4.add(f32x4.mul(kept1, v128.load(m)), f32x4.mul(new1, g))
    const square = f32x4.mul(f32x4.mul(new2, g), g)
    const variance = f32x4.add(f32x4.mul(kept2, v128.load(v)), square)
    v128.store(m, mean)
    v128.store(v, variance)
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(variance, unbias2)), f32x4.splat(epsilon))
    const change = f32x4.div(f32x4.mul(rate, f32x4.mul(mean, unbias1)), root)
    v128.store(parameters, f32x4.sub(v128.load(parameters), change))
    v128.store(gradients, f32x4.splat(0))
    parameters += 16
    m += 16
    v += 16
  }
}

/** Tieleman and Hinton's RMSProp with momentum, in PyTorch's form: ε stands outside the root. */
export function updateRmsprop(
  parameters: usize,
  gradients: usize,
  meanSquares: usize,
  velocities: usize,
  vectors: i32,
  lr: f32,
  momentum: f32,
  rho: f64,
  epsilon: f32,
): void {
  const rate = f32x4.splat(lr)
  const kept = f32x4.splat(momentum)
  const keptSquare = f32x4.splat(<f32>rho)
  const newSquare = f32x4.splat(<f32>(1 - rho))
  for (const end = gradients + ((<usize>vectors) << 4); gradients < end; gradients += 16) {
    const g = v128.load(gradients)
    const square = f32x4.mul(f32x4.mul(newSquare, g), g)
    const meanSquare = f32x4.add(f32x4.mul(keptSquare, v128.load(meanSquares)), square)
    v128.store(meanSquares, meanSquare)
    const root = f32x4.add(f32x4.sqrt(meanSquare), f32x4.splat(epsilon))
    const velocity = f32x4.add(f32x4.mul(kept, v128.load(velocities)), f32x4.div(g, root))
    v128.store(velocities, velocity)
    v128.store(parameters, f32x4.sub(v128.load(parameters), f32x4.mul(rate, velocity)))
    v128.store(gradients, f32x4.splat(0))
    parameters += 16
    meanSquares += 16
    velocities += 16
  }
}
