/**
 * The search-space language: a tree of distributions, flattened into parameters that may hang on the option of a choice.
 * Nothing outside this folder knows log scales, steps or categories.
 */
import type {Json} from '../base/json.ts'

/** One leaf's distribution, under Hyperopt's names. Bounds are values, not exponents. */
export type Distribution =
  | {readonly kind: 'uniform' | 'loguniform'; readonly low: number; readonly high: number}
  | {
      readonly kind: 'quniform' | 'qloguniform'
      readonly low: number
      readonly high: number
      readonly q: number
    }
  | {readonly kind: 'normal' | 'lognormal'; readonly mu: number; readonly sigma: number}
  | {
      readonly kind: 'qnormal' | 'qlognormal'
      readonly mu: number
      readonly sigma: number
      readonly q: number
    }
  /** Whole numbers in [low, high). Unordered to TPE, as in Hyperopt. */
  | {readonly kind: 'randint'; readonly low: number; readonly high: number}
  /** Whole numbers in [low, high], ordered. */
  | {readonly kind: 'uniformint'; readonly low: number; readonly high: number}
  /** The index of an option. */
  | {readonly kind: 'choice'; readonly count: number}
  | {readonly kind: 'pchoice'; readonly probabilities: readonly number[]}

/** Holds when the choice at `label` took option `option`. */
export type Condition = {readonly label: string; readonly option: number}

/** One dimension of the flattened space. It is active where all its conditions hold. */
export type Parameter = {
  /** The path through the tree: `optimizer`, `optimizer.1.beta1`. Unique in a space. */
  readonly label: string
  readonly distribution: Distribution
  readonly conditions: readonly Condition[]
}

/** Named entries; the root of every space. */
export type Group = {
  readonly kind: 'group'
  readonly entries: readonly (readonly [string, SpaceNode])[]
}

/** The tree as it was written, with each distribution replaced by its label. */
export type SpaceNode =
  | {readonly kind: 'leaf'; readonly label: string}
  | {readonly kind: 'choice'; readonly label: string; readonly options: readonly SpaceNode[]}
  | Group
  | {readonly kind: 'list'; readonly items: readonly SpaceNode[]}
  | {readonly kind: 'constant'; readonly value: Json}

/** A parsed search space. */
export type Space = {
  readonly root: Group
  /** Parents stand before their children. */
  readonly parameters: readonly Parameter[]
}

/**
 * One position in a space: the native value of every active parameter by label. The value of a choice is its option's
 * index. Inactive parameters are absent.
 */
export type Point = Readonly<Record<string, number>>

/** What a trial is given: the tree with every distribution replaced by its value. */
export type Params = {readonly [name: string]: Json}
