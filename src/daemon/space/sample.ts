/** Builds points of a space, and turns a point into what a trial is given. */
import type {Json} from '../base/json.ts'
import type {Rng} from '../base/random.ts'
import {drawPrior, lawOf} from './distribution.ts'
import type {Group, Parameter, Params, Point, Space, SpaceNode} from './space.ts'

/** Chooses a value for each active parameter, from the top down: a choice is settled before what hangs on it. */
export const buildPoint = (space: Space, choose: (parameter: Parameter) => number): Point => {
  const point: Record<string, number> = {}
  for (const parameter of space.parameters) {
    if (isActive(parameter, point)) point[parameter.label] = choose(parameter)
  }
  return point
}

const isActive = ({conditions}: Parameter, point: Point): boolean =>
  conditions.every(({label, option}) => point[label] === option)

/** A point drawn from the prior: what is known before the first trial. */
export const samplePoint = (space: Space, rng: Rng): Point =>
  buildPoint(space, ({distribution}) => drawPrior(lawOf(distribution), rng))

/** What a trial at this point is given: values, never the indices of options. */
export const paramsOf = (space: Space, point: Point): Params => groupAt(space.root, point)

const groupAt = ({entries}: Group, point: Point): Params =>
  Object.fromEntries(entries.map(([name, node]) => [name, nodeAt(node, point)]))

const nodeAt = (node: SpaceNode, point: Point): Json => {
  switch (node.kind) {
    case 'constant':
      return node.value
    case 'leaf':
      return valueAt(node.label, point)
    case 'list':
      return node.items.map((item) => nodeAt(item, point))
    case 'group':
      return groupAt(node, point)
    case 'choice': {
      const option = node.options[valueAt(node.label, point)]
      if (!option) throw new Error(`Option ${point[node.label]} of ${node.label} does not exist.`)
      return nodeAt(option, point)
    }
  }
}

const valueAt = (label: string, point: Point): number => {
  const value = point[label]
  if (value === undefined) throw new Error(`The point has no value for ${label}, which is active.`)
  return value
}
