/**
 * A space as a cube, for the optimizers that measure distances: one coordinate in [0, 1] a parameter, evenly filled by
 * the prior. Models see the coordinates as features, in which no two options of a choice are nearer than others.
 */
import {normalCdf, normalQuantile} from '../base/statistics.ts'
import {
  type Law,
  lawOf,
  type OrderedLaw,
  toLatent,
  toValue,
  type UnorderedLaw,
} from './distribution.ts'
import type {Point, Space} from './space.ts'

/** Coordinates of a position. Those of inactive parameters are `idle`. */
export type Coordinates = Float64Array

export interface UnitCube {
  /** How many coordinates there are: one a parameter, in their order. */
  readonly dimensions: number
  /** How many features there are. */
  readonly features: number
  /** The coordinate that each feature stands for. */
  readonly coordinateOf: readonly number[]
  /** How many values a coordinate can take; Infinity where they are continuous. */
  readonly levels: readonly number[]
  /** Which coordinates end at 0 and 1; the values of the others only grow rarer there. */
  readonly isBounded: readonly boolean[]
  /** Which coordinates are only names: an option of a choice has no neighbors. */
  readonly isUnordered: readonly boolean[]
  readonly encode: (point: Point) => Coordinates
  /** The nearest point: rounded to steps, with the active parameters alone. */
  readonly decode: (u: Coordinates) => Point
  /** Moves `u` in place to the middle of the values that `decode` would round it to; inactive ones become `idle`. */
  readonly snap: (u: Coordinates) => void
  /** Whether the parameter is active under the choices in `u`. */
  readonly isActive: (u: Coordinates, coordinate: number) => boolean
  /** Writes the features of a snapped `u` into `into`, from `offset` on. */
  readonly writeFeatures: (u: Coordinates, into: Float64Array, offset: number) => void
}

/** Where an inactive parameter stands, so that it makes no difference between two points. */
export const idle = 0.5

/** Choices with more options are treated as ordered: a feature each would drown the rest. */
const mostOptionsApart = 16

/** Keeps the tails of the normal family finite: 6 standard deviations. */
const outermost = 1e-9

/** The cube of a space. Making one is cheap next to fitting any model. */
export const unitCube = (space: Space): UnitCube => {
  const {parameters} = space
  const indexOf = new Map(parameters.map(({label}, i) => [label, i]))
  const axes = parameters.map(({label, distribution, conditions}) => {
    const law = lawOf(distribution)
    return {
      label,
      conditions: conditions.map((one) => ({
        parent: indexOf.get(one.label) as number, // parents stand before their children
        option: one.option,
      })),
      ...axisOf(law),
    }
  })

  const isActive = (u: Coordinates, i: number) =>
    axes[i].conditions.every(({parent, option}) => axes[parent].toValue(u[parent]) === option)

  return {
    dimensions: axes.length,
    features: axes.reduce((sum, {width}) => sum + width, 0),
    coordinateOf: axes.flatMap(({width}, i) => new Array<number>(width).fill(i)),
    levels: axes.map(({levels}) => levels),
    isBounded: axes.map(({isBounded}) => isBounded),
    isUnordered: axes.map(({isUnordered}) => isUnordered),
    isActive,
    encode: (point) =>
      Float64Array.from(axes, ({label, toUnit}) => {
        const value = point[label]
        return value === undefined ? idle : toUnit(value)
      }),
    decode: (u) => {
      const point: Record<string, number> = {}
      axes.forEach(({label, toValue}, i) => {
        if (isActive(u, i)) point[label] = toValue(u[i])
      })
      return point
    },
    snap: (u) => {
      for (let i = 0; i < axes.length; i++) {
        const {levels, toUnit, toValue} = axes[i]
        if (!isActive(u, i)) u[i] = idle
        else if (levels !== Infinity) u[i] = toUnit(toValue(u[i]))
        else u[i] = Math.min(1, Math.max(0, u[i]))
      }
    },
    writeFeatures: (u, into, offset) => {
      let at = offset
      for (let i = 0; i < axes.length; i++) {
        const {isUnordered, width, first, toValue} = axes[i]
        if (!isUnordered || !isActive(u, i)) into.fill(width > 1 ? 0 : u[i], at, at + width)
        else if (width === 1) into[at] = toValue(u[i]) - first
        else {
          // Scaled so that two options are as far apart as the ends of an ordered coordinate.
          into.fill(0, at, at + width)
          into[at + toValue(u[i]) - first] = Math.SQRT1_2
        }
        at += width
      }
    },
  }
}

/** One coordinate. */
type Axis = {
  readonly levels: number
  readonly isBounded: boolean
  readonly isUnordered: boolean
  /** How many features it becomes. */
  readonly width: number
  /** The smallest value of an unordered one. */
  readonly first: number
  readonly toUnit: (value: number) => number
  readonly toValue: (u: number) => number
}

const axisOf = (law: Law): Axis => (law.kind === 'ordered' ? orderedAxis(law) : unorderedAxis(law))

const orderedAxis = (law: OrderedLaw): Axis => {
  const isBounded = Number.isFinite(law.low)
  const unitOf = (z: number) =>
    isBounded ? (z - law.low) / law.sigma : normalCdf(z, law.mu, law.sigma)
  const latentOf = (u: number) =>
    isBounded
      ? law.low + u * law.sigma
      : law.mu + law.sigma * normalQuantile(Math.min(1 - outermost, Math.max(outermost, u)))
  return {
    levels: levelsOf(law),
    isBounded,
    isUnordered: false,
    width: 1,
    first: 0,
    toUnit: (value) => Math.min(1, Math.max(0, unitOf(toLatent(law, value)))),
    toValue: (u) => toValue(law, latentOf(u)),
  }
}

const levelsOf = (law: OrderedLaw): number => {
  if (law.step === undefined) return Infinity
  const [first, last] = Number.isFinite(law.low)
    ? [law.low, law.high]
    : [law.mu - 6 * law.sigma, law.mu + 6 * law.sigma]
  const distance = toValue(law, last) - toValue(law, first)
  return Math.round(distance / law.step) + 1
}

const unorderedAxis = ({first, probabilities}: UnorderedLaw): Axis => {
  const count = probabilities.length
  const isUnordered = count <= mostOptionsApart
  return {
    levels: count,
    isBounded: true,
    isUnordered,
    width: isUnordered && count > 2 ? count : 1,
    first,
    toUnit: (value) => (value - first + 0.5) / count,
    toValue: (u) => first + Math.min(count - 1, Math.max(0, Math.floor(u * count))),
  }
}
