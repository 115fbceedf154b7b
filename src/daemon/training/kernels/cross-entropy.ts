import {exponential} from './exponential'

/**
 * Softmax and cross-entropy in one, so that no exponential overflows. Answers with the summed loss, and stores the
 * likeliest class of each sample and the slopes of the loss by the logits, times `scale`. labels and predicted: bytes.
 */
export function crossEntropy(
  logits: usize,
  labels: usize,
  predicted: usize,
  d: usize,
  samples: i32,
  classes: i32,
  stride: usize,
  scale: f32,
): f64 {
  let loss: f64 = 0
  for (let first = 0; first < samples; first += 4) {
    const count = min(4, samples - first)
    const likeliest = likeliestOf(logits, classes)
    const highest = highestOf(logits, classes)
    const total = weighClasses(logits, highest, d, classes)
    scaleSlopes(d, f32x4.div(f32x4.mul(f32x4.splat(scale), isReal(count)), total), classes)
    for (let lane = 0; lane < count; lane++) {
      const label = <usize>load<u8>(labels + first + lane)
      const offset = (label << 4) + ((<usize>lane) << 2)
      store<f32>(d + offset, load<f32>(d + offset) - scale)
      store<u8>(predicted + first + lane, <u8>laneOf(likeliest, lane))
      loss += Math.log(laneOf(total, lane)) + laneOf(highest, lane) - load<f32>(logits + offset)
    }
    logits += stride
    d += stride
  }
  return loss
}

function highestOf(logits: usize, classes: i32): v128 {
  let highest = v128.load(logits)
  for (let one = 1; one < classes; one++) {
    highest = f32x4.pmax(highest, v128.load(logits + ((<usize>one) << 4)))
  }
  return highest
}

/** The first of the classes with the highest logit. */
function likeliestOf(logits: usize, classes: i32): v128 {
  let highest = v128.load(logits)
  let likeliest = f32x4.splat(0)
  for (let one = 1; one < classes; one++) {
    const logit = v128.load(logits + ((<usize>one) << 4))
    likeliest = v128.bitselect(f32x4.splat(<f32>one), likeliest, f32x4.gt(logit, highest))
    highest = f32x4.pmax(highest, logit)
  }
  return likeliest
}

/** Stores the unscaled weight of each class, and answers with their sum. */
function weighClasses(logits: usize, highest: v128, d: usize, classes: i32): v128 {
  let total = f32x4.splat(0)
  for (const end = logits + ((<usize>classes) << 4); logits < end; logits += 16, d += 16) {
    const weight = exponential(f32x4.sub(v128.load(logits), highest))
    v128.store(d, weight)
    total = f32x4.add(total, weight)
  }
  return total
}

function scaleSlopes(d: usize, factor: v128, classes: i32): void {
  for (const end = d + ((<usize>classes) << 4); d < end; d += 16) {
    v128.store(d, f32x4.mul(v128.load(d), factor))
  }
}

/** 1 where a sample is, 0 where the last group has room left. */
function isReal(count: i32): v128 {
  const places = i32x4(0, 1, 2, 3)
  return v128.and(f32x4.splat(1), i32x4.lt_s(places, i32x4.splat(count)))
}

function laneOf(values: v128, lane: i32): f32 {
  if (lane === 0) return f32x4.extract_lane(values, 0)
  if (lane === 1) return f32x4.extract_lane(values, 1)
  if (lane === 2) return f32x4.extract_lane(values, 2)
  return f32x4.extract_lane(values, 3)
}
