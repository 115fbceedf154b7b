import type {Point, Space} from './space.ts'

/** Points never change, so what was worked out for one holds as long as it lives. */
const known = new WeakMap<Space, WeakMap<Point, Float64Array>>()

/** The values of a point in the order of the space's parameters; NaN where one is inactive. */
export const valuesOf = (space: Space, point: Point): Float64Array => {
  let rows = known.get(space)
  if (!rows) {
    rows = new WeakMap()
    known.set(space, rows)
  }
  let values = rows.get(point)
  if (!values) {
    values = Float64Array.from(space.parameters, ({label}) => point[label] ?? Number.NaN)
    rows.set(point, values)
  }
  return values
}
