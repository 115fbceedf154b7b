/** A space's points as the rows of a table that trees can split. */
import {lawOf} from '../../space/distribution.ts'
import type {Point, Space} from '../../space/space.ts'
import {unitCube} from '../../space/unit-cube.ts'

/** One column of the table. Its values are coordinates in [0, 1], or the numbers of options from 0. */
export type Column =
  | {readonly kind: 'ordered'}
  /** `shares` are the options' probabilities under the prior. */
  | {readonly kind: 'unordered'; readonly shares: readonly number[]}

export interface Columns {
  /** One a parameter, in the order of the space's parameters. */
  readonly columns: readonly Column[]
  /** Writes the row of a point into `into`, from `offset` on. Parameters that are inactive in it become NaN. */
  readonly writeRow: (point: Point, into: Float64Array, offset: number) => void
}

/** The columns of a space. Choices among very many options count as ordered, as in its unit cube. */
export const columnsOf = (space: Space): Columns => {
  const {parameters} = space
  const cube = unitCube(space)
  const columns = parameters.map(({distribution}, i): Column => {
    const law = lawOf(distribution)
    return law.kind === 'unordered' && cube.isUnordered[i]
      ? {kind: 'unordered', shares: law.probabilities}
      : {kind: 'ordered'}
  })
  return {
    columns,
    writeRow: (point, into, offset) => {
      const u = cube.encode(point)
      parameters.forEach(({label}, i) => {
        const column = columns[i]
        if (point[label] === undefined) into[offset + i] = Number.NaN
        // The cube gives every option the same room.
        else into[offset + i] = column.kind === 'ordered' ? u[i] : optionAt(u[i], column.shares)
      })
    },
  }
}

const optionAt = (u: number, {length}: readonly number[]): number =>
  Math.min(length - 1, Math.floor(u * length))
