import type {Verdict} from '../model.ts'

/**
 * Softmax and cross-entropy in one, so that no exponential overflows. `slopes` is the gradient of the summed loss by
 * the logits. logits and slopes: n × classes; labels: n.
 */
export const crossEntropy = (
  logits: Float32Array,
  labels: Uint8Array,
): Verdict & {readonly slopes: Float32Array} => {
  const classes = logits.length / labels.length
  const slopes = new Float32Array(logits.length)
  const predicted = new Uint8Array(labels.length)
  let loss = 0
  for (let sample = 0; sample < labels.length; sample++) {
    const start = sample * classes
    let likeliest = 0
    for (let one = 1; one < classes; one++) {
      if (logits[start + one] > logits[start + likeliest]) likeliest = one
    }
    const highest = logits[start + likeliest]
    let total = 0
    for (let one = 0; one < classes; one++) {
      const weight = Math.exp(logits[start + one] - highest)
      slopes[start + one] = weight
      total += weight
    }
    for (let one = 0; one < classes; one++) slopes[start + one] /= total
    slopes[start + labels[sample]] -= 1
    loss += Math.log(total) + highest - logits[start + labels[sample]]
    predicted[sample] = likeliest
  }
  return {loss, predicted, slopes}
}
