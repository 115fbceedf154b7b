import {normalCdf} from '../../base/statistics.ts'

/** Below it the expected improvement is smaller than the rounding of its terms. */
const farBelow = -5

/**
 * The logarithm of the expected improvement on `best` of a loss that is normally distributed (D. R. Jones, M. Schonlau and
 * W. J. Welch, Journal of Global Optimization 13, 1998, equation 15). The logarithm still tells candidates apart where the
 * improvement itself has become too small for a double (S. Ament et al., "Unexpected Improvements to Expected Improvement
 * for Bayesian Optimization", NeurIPS 2023).
 */
export const logExpectedImprovement = (mean: number, deviation: number, best: number): number => {
  const z = (best - mean) / deviation
  const logDensity = -0.5 * (z * z + Math.log(2 * Math.PI))
  const rest =
    z > farBelow
      ? Math.log(Math.exp(logDensity) + z * normalCdf(z, 0, 1))
      : // φ(z)·(1 − |z|·M(z)) with the series of Mills' ratio M.
        logDensity + Math.log((1 - 3 / z ** 2 + 15 / z ** 4) / z ** 2)
  return Math.log(deviation) + rest
}
