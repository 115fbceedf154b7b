import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'

/** A box around the center of a trust region, cut off at the cube. */
export type Box = {
  readonly low: Float64Array
  readonly high: Float64Array
  /** How likely a perturbed category becomes another one: the length of its side, at most 1. */
  readonly reach: Float64Array
}

/** The box around `center` whose sides have the given lengths. */
export const boxAround = (center: Coordinates, sides: Float64Array): Box => ({
  low: center.map((one, i) => Math.max(0, one - sides[i] / 2)),
  high: center.map((one, i) => Math.min(1, one + sides[i] / 2)),
  reach: sides.map((side) => Math.min(1, side)),
})

/** How many coordinates are perturbed at once, on average, at most. */
const mostPerturbed = 20

/** How many candidates are compared: enough to fill a box of that many dimensions somewhat. */
export const candidateCount = (dimensions: number): number => Math.min(100 * dimensions, 5000)

/** How likely each coordinate is perturbed: all of them in few dimensions, some of them in many. */
export const perturbationProbability = (dimensions: number): number =>
  Math.min(1, mostPerturbed / dimensions)

/**
 * Copies of `center` with some coordinates, one at least, drawn anew from the box. A category has no neighbors: it is
 * drawn from all its options. A parameter that becomes active is drawn from the whole cube.
 */
export const drawCandidates = (
  cube: UnitCube,
  center: Coordinates,
  box: Box,
  count: number,
  rng: Rng,
): readonly Coordinates[] => {
  const {dimensions, isUnordered} = cube
  const probability = perturbationProbability(dimensions)
  return Array.from({length: count}, () => {
    const candidate = center.slice()
    const forced = rng.integer(0, dimensions)
    for (let i = 0; i < dimensions; i++) {
      if (!cube.isActive(candidate, i)) continue
      if (!cube.isActive(center, i)) candidate[i] = rng.uniform()
      else if (i !== forced && rng.uniform() >= probability) continue
      else if (!isUnordered[i])
        candidate[i] = box.low[i] + (box.high[i] - box.low[i]) * rng.uniform()
      else if (rng.uniform() < box.reach[i]) candidate[i] = rng.uniform()
    }
    cube.snap(candidate)
    return candidate
  })
}
