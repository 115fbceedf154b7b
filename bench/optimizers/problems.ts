/**
 * The problems that optimizers are measured on: eight functions and five tasks from the table of the reference packages'
 * results. A task is a forest of extremely randomized trees that was fitted to thousands of real cross-validations.
 */
import type {Json} from '../../src/daemon/base/json.ts'
import {parseSpace} from '../../src/daemon/space/parse.ts'
import type {Params, Space} from '../../src/daemon/space/space.ts'
import {type Forest, type ReferenceSpace, readForest, reference} from './data.ts'

export type Problem = {
  readonly name: string
  readonly space: Space
  /** The smallest loss there is, or that anyone has seen. */
  readonly optimum: number
  /** The median loss of one random draw: where the scale of regrets ends. */
  readonly randomLoss: number
  readonly lossOf: (params: Params) => number
}

/** A setting as the reference file writes it: every active parameter by its short name. */
export type Config = Readonly<Record<string, number>>

/** All of them, in the reference file's order. */
export const problems = (): readonly Problem[] =>
  Object.entries(reference().functions).map(([name, {space, f_opt, random_median_1}]) => {
    const evaluate = evaluatorOf(name)
    return {
      name,
      space: spaceOf(sourceOf(name, space)),
      optimum: f_opt,
      randomLoss: random_median_1,
      lossOf: (params) => evaluate(configOf(space, params)),
    }
  })

/** The problem of this name. */
export const problemNamed = (name: string): Problem => {
  const found = problems().find((one) => one.name === name)
  if (!found) throw new Error(`There is no problem ${name}.`)
  return found
}

/** The loss of a setting. */
export const evaluatorOf = (name: string): ((config: Config) => number) =>
  name.startsWith('t:') ? forestLoss(readForest(name.slice(2))) : functions[name]

const spaceOf = (source: unknown): Space => {
  const parsed = parseSpace(source)
  if (!parsed.ok) throw new Error(parsed.problems.join(' '))
  return parsed.value
}

/** The space in our language. Odds (`logit`) are tuned as logarithms of odds, steps as their numbers. */
const sourceOf = (name: string, space: ReferenceSpace): unknown => {
  const leaf = Object.fromEntries(space.map((one) => [one.name, leafOf(one)]))
  if (name !== 'cond_net11') return leaf
  const {lr_sgd, mom_sgd, lr_adam, omb2, u1, u2, u3, drop, wd} = leaf
  return {
    opt: {
      choice: [
        {lr_sgd, mom_sgd},
        {lr_adam, omb2},
      ],
    },
    layers: {choice: [{}, {u2}, {u2, u3}]},
    ...{u1, drop, wd},
  }
}

const leafOf = (one: ReferenceSpace[number]): Json => {
  switch (one.kind) {
    case 'uniform':
      return {uniform: [one.low, one.high]}
    case 'loguniform':
      return {loguniform: [one.low, one.high]}
    case 'logit':
      return {uniform: [logOdds(one.low), logOdds(one.high)]}
    case 'int':
      return {uniformint: [one.low, one.high]}
    case 'qint':
      return {uniformint: [0, Math.round((one.high - one.low) / one.q)]}
    case 'logint':
      return {qloguniform: [one.low, one.high, 1]}
    case 'choice':
      return {choice: Array.from({length: one.k}, (_, i) => i)}
  }
}

const configOf = (space: ReferenceSpace, params: Params): Config => {
  const found = new Map<string, number>()
  const collect = (name: string, value: Json): void => {
    if (typeof value === 'number') found.set(name, value)
    else for (const [inner, one] of Object.entries(value as Params)) collect(inner, one)
  }
  for (const [name, value] of Object.entries(params)) collect(name, value)
  // The options of a conditional choice are told by what they bring along.
  if (found.has('lr_sgd') || found.has('lr_adam')) {
    found.set('opt', found.has('lr_sgd') ? 0 : 1)
    found.set('layers', Number(found.has('u2')) + Number(found.has('u3')))
  }
  const config: Record<string, number> = {}
  for (const one of space) {
    const value = found.get(one.name)
    if (value !== undefined) config[one.name] = valueIn(one, value)
  }
  return config
}

const valueIn = (one: ReferenceSpace[number], value: number): number => {
  if (one.kind === 'logit') return 1 / (1 + Math.exp(-value))
  return one.kind === 'qint' ? one.low + one.q * value : value
}

const logOdds = (share: number): number => Math.log(share / (1 - share))

const forestLoss =
  ({space, trees}: Forest) =>
  (config: Config): number => {
    // The forest was fitted to single precision coordinates.
    const u = space.map((one) => Math.fround(unitOf(one, config[one.name])))
    const leaves = trees.map(({f, t, l, r, v}) => {
      let node = 0
      while (l[node] !== -1) node = u[f[node]] <= t[node] ? l[node] : r[node]
      return v[node]
    })
    return leaves.reduce((sum, value) => sum + value, 0) / leaves.length
  }

const unitOf = (one: ReferenceSpace[number], value: number): number => {
  switch (one.kind) {
    case 'int':
      return (value - one.low + 0.5) / (one.high - one.low + 1)
    case 'loguniform':
      return Math.log(value / one.low) / Math.log(one.high / one.low)
    case 'logit':
      return (logOdds(value) - logOdds(one.low)) / (logOdds(one.high) - logOdds(one.low))
    case 'uniform':
      return (value - one.low) / (one.high - one.low)
    default:
      throw new Error(`No forest has a ${one.kind}.`)
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0)
const square = (x: number): number => x * x

const branin = ({x0, x1}: Config): number =>
  square(x1 - (5.1 / (4 * square(Math.PI))) * square(x0) + (5 / Math.PI) * x0 - 6) +
  10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x0) +
  10

const hartmann6 = (config: Config): number => {
  const x = Object.values(config)
  const {A = [], P = [], alpha = []} = reference().functions.hartmann6
  return -sum(
    alpha.map(
      (weight, i) => weight * Math.exp(-sum(x.map((xj, j) => A[i][j] * square(xj - P[i][j])))),
    ),
  )
}

const ackley = (config: Config): number => {
  const x = Object.values(config)
  const n = x.length
  return (
    -20 * Math.exp(-0.2 * Math.sqrt(sum(x.map(square)) / n)) -
    Math.exp(sum(x.map((one) => Math.cos(2 * Math.PI * one))) / n) +
    20 +
    Math.E
  )
}

const rosenbrock = (config: Config): number => {
  const x = Object.values(config)
  return sum(x.slice(0, -1).map((one, i) => 100 * square(x[i + 1] - square(one)) + square(1 - one)))
}

const levy = (config: Config): number => {
  const w = Object.values(config).map((x) => 1 + (x - 1) / 4)
  const last = w[w.length - 1]
  return (
    square(Math.sin(Math.PI * w[0])) +
    sum(
      w.slice(0, -1).map((one) => square(one - 1) * (1 + 10 * square(Math.sin(Math.PI * one + 1)))),
    ) +
    square(last - 1) * (1 + square(Math.sin(2 * Math.PI * last)))
  )
}

/** Answers as the error of a small convolutional network does. */
const lenetLike = ({lr, batch, opt, momentum, dropout, units}: Config): number => {
  const l = Math.log10(lr)
  const u = Math.log2(units)
  const bestLogLr = [-1.3, -2.9, -2][opt]
  const momentumGain = opt === 0 ? Math.log10(1 / (1 - momentum)) : 0
  const off = l - bestLogLr - (0.35 * Math.log2(batch / 32)) / 2 + momentumGain
  const raw = 0.1 + (off < 0 ? 0.09 : 0.3) * square(off)
  const saturated = raw / (1 + 0.5 * raw)
  return (
    saturated +
    0.04 * square(dropout - 0.25) * 4 +
    (0.012 * square(u - 7)) / 4 +
    [0, 0.012, 0.02][opt] +
    (0.015 * Math.abs(Math.log2(batch) - 6)) / 4 +
    0.01 * Math.sin(6 * l) * Math.cos(5 * momentum)
  )
}

/** A nested conditional space: what is inactive is absent. */
const conditionalNet = ({opt, layers, drop, wd, ...rest}: Config): number => {
  const n = layers + 1
  const optimizerPart =
    opt === 0
      ? 0.12 + 0.1 * square(Math.log10(rest.lr_sgd) + 1.5 + Math.log10(1 / (1 - rest.mom_sgd)))
      : 0.1 +
        0.14 * square(Math.log10(rest.lr_adam) + 2.8) +
        0.02 * square(Math.log10(rest.omb2) + 2.5)
  const widths = [rest.u1, rest.u2, rest.u3].slice(0, n)
  return (
    optimizerPart +
    sum(widths.map((width, i) => 0.015 * square(Math.log2(width) - [7, 6, 5][i]))) +
    [0.06, 0, 0.03][layers] +
    0.2 * square(drop - 0.15 * n) +
    0.01 * square(Math.log10(wd) + 4)
  )
}

const functions: Readonly<Record<string, (config: Config) => number>> = {
  branin2: branin,
  hartmann6,
  ackley10: ackley,
  ackley20: ackley,
  rosenbrock10: rosenbrock,
  levy10: levy,
  lenet_like6: lenetLike,
  cond_net11: conditionalNet,
}
