/** Where a search starts: positions that fill the cube evenly. */
import type {Rng} from '../base/random.ts'
import type {Coordinates} from '../space/unit-cube.ts'

/** `n` positions, each in its own slice of every coordinate (M. D. McKay et al., Technometrics 21, 1979). */
export const latinHypercube = (n: number, dimensions: number, rng: Rng): readonly Coordinates[] => {
  const columns = Array.from({length: dimensions}, () =>
    rng.shuffle(Array.from({length: n}, (_, i) => i)).map((slice) => (slice + rng.uniform()) / n),
  )
  return Array.from({length: n}, (_, i) => Float64Array.from(columns, (column) => column[i]))
}

/** How many designs are compared. */
const attempts = 100

/**
 * `n` positions on a grid, each with its mirror image: the one of a hundred symmetric Latin hypercubes whose two nearest
 * positions are farthest apart. K. Q. Ye, W. Li and A. Sudjianto, Journal of Statistical Planning and Inference 90 (2000);
 * as in `SymmetricLatinHypercube` of pySOT 0.3.3.
 */
export const symmetricLatinHypercube = (
  n: number,
  dimensions: number,
  rng: Rng,
): readonly Coordinates[] => {
  let best: readonly Coordinates[] = []
  let widest = -1
  for (let attempt = 0; attempt < attempts; attempt++) {
    const design = symmetricDesign(n, dimensions, rng)
    const distance = smallestSquaredDistance(design, widest)
    if (distance > widest) {
      best = design
      widest = distance
    }
  }
  return best
}

const symmetricDesign = (n: number, dimensions: number, rng: Rng): readonly Coordinates[] => {
  const half = Math.floor(n / 2)
  const columns = Array.from({length: dimensions}, (_, j) => {
    const upper = Array.from({length: half}, (_, i) =>
      j > 0 && rng.uniform() < 0.5 ? n - 1 - i : i,
    )
    if (j > 0) rng.shuffle(upper)
    const middle = n % 2 === 1 ? [half] : []
    return [...upper, ...middle, ...upper.map((rank) => n - 1 - rank).reverse()]
  })
  return Array.from({length: n}, (_, i) =>
    Float64Array.from(columns, (column) => column[i] / Math.max(1, n - 1)),
  )
}

/** Gives up, with something not larger, once a distance is no larger than `enough`. */
const smallestSquaredDistance = (design: readonly Coordinates[], enough: number): number => {
  let smallest = Infinity
  for (let i = 1; i < design.length; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0
      for (let k = 0; k < design[i].length; k++) sum += (design[i][k] - design[j][k]) ** 2
      if (sum < smallest) smallest = sum
      if (smallest <= enough) return smallest
    }
  }
  return smallest
}
