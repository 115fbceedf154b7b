import {factor, invertFactored, solveLower, solveUpper, triangleSize} from '../../base/cholesky.ts'
import {dot, weightedSum} from '../../base/dot.ts'
import type {HyperparameterGradient, Hyperparameters} from './hyperparameters.ts'
import type {Distances, TrainingData} from './training-data.ts'

const sqrt5 = Math.sqrt(5)

/** Where a likelihood is worked out, so that a fit of fifty steps allocates once. */
export type Workspace = {
  readonly factored: Float64Array
  readonly slopes: Float64Array
  readonly inverse: Float64Array
  readonly scratch: Float64Array
}

export const workspaceFor = (n: number): Workspace => ({
  factored: new Float64Array(triangleSize(n)),
  slopes: new Float64Array(triangleSize(n)),
  inverse: new Float64Array(triangleSize(n)),
  scratch: new Float64Array(triangleSize(n)),
})

/**
 * The negative log marginal likelihood divided by n, and its gradient (Rasmussen and Williams, eq. 2.30 and 5.9).
 * `undefined` where the kernel matrix is not positive definite to within rounding.
 */
export const negativeLogLikelihood = (
  {n, y}: TrainingData,
  {dimensions, squares}: Distances,
  {mean, noise, outputScale, lengthScales}: Hyperparameters,
  {factored, slopes, inverse, scratch}: Workspace,
): {readonly value: number; readonly gradient: HyperparameterGradient} | undefined => {
  const size = triangleSize(n)
  weightedSum(
    squares,
    lengthScales.map((one) => 1 / (one * one)),
    scratch,
  )
  for (let at = 0; at < size; at++) {
    const s = sqrt5 * Math.sqrt(scratch[at])
    const decay = outputScale * Math.exp(-s)
    factored[at] = (1 + s + (s * s) / 3) * decay
    slopes[at] = (1 + s) * decay
  }
  for (let i = 0; i < n; i++) factored[triangleSize(i) + i] += noise
  // The kernel without noise, for the slope of the output scale: K = outputScale·C + noise·I, so C·outputScale = K − noise·I.
  scratch.set(factored.subarray(0, size))
  if (!factor(factored, n)) return undefined

  const alpha = Float64Array.from(y, (one) => one - mean)
  solveLower(factored, n, alpha)
  let value = 0.5 * n * Math.log(2 * Math.PI)
  for (let i = 0; i < n; i++) {
    value += 0.5 * alpha[i] * alpha[i] + Math.log(factored[triangleSize(i) + i])
  }
  solveUpper(factored, n, alpha)
  invertFactored(factored, n, inverse)

  // Each entry of K⁻¹ − α·αᵀ, times two off the diagonal, is how the likelihood changes with that entry of K.
  let meanGradient = 0
  let noiseGradient = 0
  let kernelGradient = 0
  for (let i = 0, at = 0; i < n; i++) {
    meanGradient -= alpha[i]
    for (let j = 0; j < i; j++, at++) {
      const pull = inverse[at] - alpha[i] * alpha[j]
      kernelGradient += pull * scratch[at]
      slopes[at] *= pull
    }
    const pull = inverse[at] - alpha[i] * alpha[i]
    noiseGradient += 0.5 * pull
    kernelGradient += 0.5 * pull * (scratch[at] - noise)
    // A point has no distance to itself, whatever the length-scales.
    slopes[at] = 0
    at++
  }
  const lengthGradients = Float64Array.from(
    {length: dimensions},
    (_, d) => ((5 / 3) * dot(slopes, squares[d])) / (lengthScales[d] ** 3 * n),
  )
  return {
    value: value / n,
    gradient: {
      mean: meanGradient / n,
      noise: noiseGradient / n,
      outputScale: kernelGradient / (outputScale * n),
      lengthScales: lengthGradients,
    },
  }
}
