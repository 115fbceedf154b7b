/** What an interpolant is made of: a function of the distance to each point, and a polynomial tail. */
export type Basis = {
  /** The radial function of a squared distance. Its matrix is positive definite beside the tail. */
  readonly radial: (squaredDistance: number) => number
  readonly tail: 'constant' | 'linear'
  /** Added to the diagonal: what keeps points apart that are nearly the same. */
  readonly ridge: number
}

/** r³ beside a linear tail: the default of pySOT 0.3.3, with its regularization. */
export const cubicBasis: Basis = {
  radial: (squaredDistance) => squaredDistance * Math.sqrt(squaredDistance),
  tail: 'linear',
  ridge: 1e-6,
}
