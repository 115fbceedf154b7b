/** What a Gaussian process assumes: a constant mean, a Matérn-5/2 kernel with a length-scale a dimension, and noise. */
export type Hyperparameters = {
  readonly mean: number
  /** The variance of the noise. */
  readonly noise: number
  /** The variance of the function around its mean. */
  readonly outputScale: number
  readonly lengthScales: Float64Array
}

/** The same quantities as a gradient: how fast something changes with each. */
export type HyperparameterGradient = Hyperparameters
