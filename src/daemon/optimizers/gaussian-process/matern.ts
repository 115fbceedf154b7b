/**
 * The Matérn-5/2 kernel: k(r) = (1 + √5·r + 5/3·r²)·exp(−√5·r), where r is the distance after every dimension was divided
 * by its length-scale. C. E. Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning" (2006), eq. 4.17.
 */
const sqrt5 = Math.sqrt(5)

/** k as a function of r². */
export const matern = (squaredDistance: number): number => {
  const s = sqrt5 * Math.sqrt(squaredDistance)
  return (1 + s + (s * s) / 3) * Math.exp(-s)
}
