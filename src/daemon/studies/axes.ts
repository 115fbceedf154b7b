/** A study's parameters as axes to draw along: where each value stands on its own scale. Pure. */
import {type Law, lawOf, type OrderedLaw, toLatent, toValue} from '../space/distribution.ts'
import {parameterNames} from '../space/parameter-names.ts'
import type {Parameter, Point, Space, SpaceNode} from '../space/space.ts'

/** One parameter. Values are those of points: of a choice the index of an option. */
export type Axis = {
  readonly label: string
  /** The label in people's words. */
  readonly name: string
  /** Where a value stands, 0–1. */
  readonly at: (value: number) => number
  /** The value at a place, 0–1: rounded to what the parameter can be. */
  readonly valueAt: (share: number) => number
} & (
  | {
      readonly kind: 'ordered'
      readonly scale: 'linear' | 'log'
      readonly low: number
      readonly high: number
      /** How far apart values are; absent where they may be anything. */
      readonly step?: number
    }
  /** What the options are called, in their order. */
  | {readonly kind: 'options'; readonly options: readonly string[]}
)

/**
 * All parameters of a space. What has no bounds reaches as far as `points` do; one that no point gave a value reaches one
 * standard deviation to each side.
 */
export const axesOf = (space: Space, points: readonly Point[]): readonly Axis[] => {
  const names = parameterNames(space)
  const options = optionNames(space)
  return space.parameters.map((parameter) => {
    const {label, distribution} = parameter
    const name = names.get(label) ?? label
    const law = lawOf(distribution)
    if (law.kind === 'ordered') {
      return {label, name, ...orderedAxis(law, boundsOf(law, parameter, points))}
    }
    const count = law.probabilities.length
    const words = options.get(label) ?? numbersOf(law, count)
    return {
      label,
      name,
      kind: 'options',
      options: words,
      at: (value) => (value - law.first + 0.5) / count,
      valueAt: (share) => law.first + Math.min(count - 1, Math.max(0, Math.floor(share * count))),
    }
  })
}

const numbersOf = ({first}: Extract<Law, {kind: 'unordered'}>, count: number) =>
  Array.from({length: count}, (_, i) => String(first + i))

/** Between two bounds of the latent value. */
const orderedAxis = (law: OrderedLaw, [low, high]: readonly [number, number]) => ({
  kind: 'ordered' as const,
  scale: law.scale,
  low: toValue(law, low),
  high: toValue(law, high),
  ...(law.step === undefined ? {} : {step: law.step}),
  at: (value: number) =>
    high > low ? Math.min(1, Math.max(0, (toLatent(law, value) - low) / (high - low))) : 0.5,
  valueAt: (share: number) => toValue(law, low + share * (high - low)),
})

const boundsOf = (
  law: OrderedLaw,
  {label}: Parameter,
  points: readonly Point[],
): readonly [number, number] => {
  if (Number.isFinite(law.low)) return [law.low, law.high]
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const {[label]: value} of points) {
    if (value === undefined) continue
    const z = toLatent(law, value)
    low = Math.min(low, z)
    high = Math.max(high, z)
  }
  return low < high ? [low, high] : [law.mu - law.sigma, law.mu + law.sigma]
}

/** What the options of each choice are called, by its label. */
const optionNames = (space: Space): ReadonlyMap<string, readonly string[]> => {
  const names = new Map<string, readonly string[]>()
  const visit = (node: SpaceNode): void => {
    if (node.kind === 'group') for (const [, entry] of node.entries) visit(entry)
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind !== 'choice') return
    names.set(node.label, node.options.map(optionName))
    node.options.forEach(visit)
  }
  visit(space.root)
  return names
}

const optionName = (node: SpaceNode, index: number): string => {
  if (node.kind === 'constant') {
    return typeof node.value === 'string' ? node.value : JSON.stringify(node.value)
  }
  const own = node.kind === 'group' ? node.entries.find(([key]) => key === 'name')?.[1] : undefined
  return own?.kind === 'constant' && typeof own.value === 'string'
    ? own.value
    : `option ${index + 1}`
}
