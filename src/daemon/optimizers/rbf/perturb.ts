import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import {widest} from './radius.ts'

/** How often a perturbed category becomes another one when the search is widest. */
const categoryShare = 0.5
const leastCategoryShare = 0.1

/**
 * Copies of `center` with some coordinates moved by a normal deviate of standard deviation `radius`, cut off at the cube;
 * at least one is, and each with `probability`. Steps are moved by one of them at least, a category to any of its options,
 * and a parameter that becomes active is drawn anew. (pySOT 0.3.3 never forces its last coordinate, which is a slip.)
 */
export const perturb = (
  cube: UnitCube,
  center: Coordinates,
  {radius, probability}: {readonly radius: number; readonly probability: number},
  count: number,
  rng: Rng,
): readonly Coordinates[] => {
  const {dimensions, isUnordered, levels} = cube
  const spread = levels.map((count) => Math.max(radius, count > 1 ? 1 / (count - 1) : 1))
  const movesAll = probability >= 1
  const jump = movesAll ? Math.max(leastCategoryShare, (categoryShare * radius) / widest) : 1
  return Array.from({length: count}, () => {
    const candidate = center.slice()
    const forced = movesAll ? -1 : forcedCoordinate(cube, center, rng)
    let isMoved = false
    for (let i = 0; i < dimensions; i++) {
      if (!cube.isActive(candidate, i)) continue
      if (!cube.isActive(center, i)) candidate[i] = rng.uniform()
      else if (!movesAll && rng.uniform() >= probability) continue
      else move(i, candidate)
    }
    if (!isMoved && forced >= 0) {
      move(forced, candidate)
      // A forced category may have woken parameters up.
      for (let i = forced + 1; i < dimensions; i++) {
        if (cube.isActive(candidate, i) && !cube.isActive(center, i)) candidate[i] = rng.uniform()
      }
    }
    cube.snap(candidate)
    return candidate

    function move(i: number, one: Coordinates): void {
      isMoved = true
      if (!isUnordered[i]) one[i] = drawNear(center[i], spread[i], rng)
      else if (jump >= 1 || rng.uniform() < jump) one[i] = rng.uniform()
    }
  })
}

const forcedCoordinate = (cube: UnitCube, center: Coordinates, rng: Rng): number => {
  for (;;) {
    const i = rng.integer(0, cube.dimensions)
    if (cube.isActive(center, i)) return i
  }
}

/** A normal deviate around `at`, from within [0, 1]. */
const drawNear = (at: number, deviation: number, rng: Rng): number => {
  for (;;) {
    const drawn = at + deviation * rng.normal()
    if (drawn >= 0 && drawn <= 1) return drawn
  }
}
