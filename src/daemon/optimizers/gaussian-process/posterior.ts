import {factor, solveLower, solveUpper, triangleSize} from '../../base/cholesky.ts'
import type {Hyperparameters} from './hyperparameters.ts'
import {matern} from './matern.ts'
import type {TrainingData} from './training-data.ts'

/** What a Gaussian process believes after the data. Positions are features. */
export interface Posterior {
  readonly mean: (x: Float64Array) => number
  /** The mean and the variance of the function itself, without noise. */
  readonly predict: (x: Float64Array) => {readonly mean: number; readonly variance: number}
  /** The covariance of the function at two positions, without noise. */
  readonly covariance: (a: Float64Array, b: Float64Array) => number
  /** The kernel between a position and every point of the data. */
  readonly kernelsAt: (x: Float64Array, into: Float64Array) => void
  /** Solves (K + noise·I)·x = b in place. */
  readonly solve: (b: Float64Array) => void
}

/** Conditions on the data (Rasmussen and Williams, algorithm 2.1). Noise is raised where rounding would need it. */
export const posteriorOf = (data: TrainingData, hyperparameters: Hyperparameters): Posterior => {
  const {n, x, y, dimensionOf} = data
  const features = dimensionOf.length
  const {mean, outputScale, lengthScales} = hyperparameters
  const weights = Float64Array.from(dimensionOf, (d) => 1 / lengthScales[d])
  const scaled = x.map((one, at) => one * weights[at % features])

  const kernel = (a: Float64Array, atA: number, b: Float64Array, atB: number): number => {
    let sum = 0
    for (let f = 0; f < features; f++) {
      const difference = a[atA + f] - b[atB + f]
      sum += difference * difference
    }
    return outputScale * matern(sum)
  }

  const l = factoredKernel(n, hyperparameters.noise, (i, j) =>
    kernel(scaled, i * features, scaled, j * features),
  )
  const solve = (b: Float64Array) => {
    solveLower(l, n, b)
    solveUpper(l, n, b)
  }
  const alpha = Float64Array.from(y, (one) => one - mean)
  solve(alpha)

  const position = new Float64Array(features)
  const kernels = new Float64Array(n)
  const scale = (one: Float64Array, into: Float64Array) => {
    for (let f = 0; f < features; f++) into[f] = one[f] * weights[f]
  }
  const kernelsAt = (one: Float64Array, into: Float64Array) => {
    scale(one, position)
    let i = 0
    // Four points at a time, whose sums need not wait for each other.
    for (; i + 3 < n; i += 4) {
      const a = i * features
      const b = a + features
      const c = b + features
      const d = c + features
      let sumA = 0
      let sumB = 0
      let sumC = 0
      let sumD = 0
      for (let f = 0; f < features; f++) {
        const at = position[f]
        sumA += (at - scaled[a + f]) ** 2
        sumB += (at - scaled[b + f]) ** 2
        sumC += (at - scaled[c + f]) ** 2
        sumD += (at - scaled[d + f]) ** 2
      }
      into[i] = outputScale * matern(sumA)
      into[i + 1] = outputScale * matern(sumB)
      into[i + 2] = outputScale * matern(sumC)
      into[i + 3] = outputScale * matern(sumD)
    }
    for (; i < n; i++) into[i] = kernel(position, 0, scaled, i * features)
  }
  const meanFrom = () => {
    let sum = mean
    for (let i = 0; i < n; i++) sum += kernels[i] * alpha[i]
    return sum
  }

  return {
    solve,
    kernelsAt,
    mean: (one) => {
      kernelsAt(one, kernels)
      return meanFrom()
    },
    predict: (one) => {
      kernelsAt(one, kernels)
      const predicted = meanFrom()
      solveLower(l, n, kernels)
      let variance = outputScale
      for (let i = 0; i < n; i++) variance -= kernels[i] * kernels[i]
      return {mean: predicted, variance: Math.max(0, variance)}
    },
    covariance: (a, b) => {
      const other = new Float64Array(n)
      const scaledB = new Float64Array(features)
      kernelsAt(b, other)
      scale(b, scaledB)
      kernelsAt(a, kernels)
      let covariance = kernel(position, 0, scaledB, 0)
      solveLower(l, n, kernels)
      solveLower(l, n, other)
      for (let i = 0; i < n; i++) covariance -= kernels[i] * other[i]
      return covariance
    },
  }
}

const factoredKernel = (
  n: number,
  noise: number,
  kernelOf: (i: number, j: number) => number,
): Float64Array => {
  for (let extra = noise; ; extra *= 10) {
    const triangle = new Float64Array(triangleSize(n))
    for (let i = 0, at = 0; i < n; i++) {
      for (let j = 0; j < i; j++) triangle[at++] = kernelOf(i, j)
      triangle[at++] = kernelOf(i, i) + extra
    }
    if (factor(triangle, n)) return triangle
  }
}
