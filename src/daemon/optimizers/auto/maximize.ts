/** Looks for the best position of the cube by a score that is cheap to work out. */
import type {Rng} from '../../base/random.ts'
import type {Coordinates, UnitCube} from '../../space/unit-cube.ts'
import {perturb} from '../rbf/perturb.ts'

// How many candidates there are: everywhere, and around each of the given centers at each radius.
const anywherePerDimension = 100
const mostAnywhere = 500
const nearPerDimension = 10
const radii = [0.2, 0.05, 0.0125]
/** So many coordinates are moved at once, on average. */
const movedCoordinates = 3

/** So many of the best candidates are then moved uphill, by ever smaller steps. */
const refined = 4
const refinements = [0.1, 0.05, 0.02, 0.01, 0.005, 0.002]
const movedInRefinement = 1.5

type Scored = {readonly position: Coordinates; readonly score: number}

/** The position with the highest score that was found, from all over the cube and from around `centers`. */
export const maximize = (
  cube: UnitCube,
  centers: readonly Coordinates[],
  scoreOf: (position: Coordinates) => number,
  rng: Rng,
): Coordinates => {
  const {dimensions} = cube
  const scored = (position: Coordinates): Scored => ({position, score: scoreOf(position)})
  const anywhere = Array.from(
    {length: Math.min(mostAnywhere, anywherePerDimension * dimensions)},
    () => {
      const position = Float64Array.from({length: dimensions}, () => rng.uniform())
      cube.snap(position)
      return position
    },
  )
  const probability = Math.min(1, movedCoordinates / dimensions)
  const near = centers.flatMap((center) =>
    radii.flatMap((radius) =>
      perturb(cube, center, {radius, probability}, nearPerDimension * dimensions, rng),
    ),
  )
  return [...anywhere, ...near]
    .map(scored)
    .sort((a, b) => b.score - a.score)
    .slice(0, refined)
    .map((one) => climb(cube, one, scored, rng))
    .reduce((a, b) => (b.score > a.score ? b : a)).position
}

const climb = (
  cube: UnitCube,
  from: Scored,
  scored: (position: Coordinates) => Scored,
  rng: Rng,
): Scored => {
  const {dimensions} = cube
  let best = from
  for (const radius of refinements) {
    for (const probability of [Math.min(1, movedInRefinement / dimensions), 1]) {
      for (const position of perturb(
        cube,
        best.position,
        {radius, probability},
        6 + dimensions,
        rng,
      )) {
        const next = scored(position)
        if (next.score > best.score) best = next
      }
    }
  }
  return best
}
