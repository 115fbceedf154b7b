/** What a trial is given, turned back into a point: the inverse of `paramsOf`. */
import {ok, type Result, refuse} from '../base/result.ts'
import {lawOf, possibleValue} from './distribution.ts'
import {expectedWords} from './expected-words.ts'
import {shown} from './shown.ts'
import type {Distribution, Group, Point, Space, SpaceNode} from './space.ts'

/** A part of a point, and how many constants were left out to get it. */
type Match = {readonly point: Point; readonly omitted: number}

/**
 * The point of a space at which a trial is given `params`. Constants may be left out; values may miss a step by rounding.
 * Each problem starts with its path, which begins with `place`.
 */
export const pointOf = (space: Space, params: unknown, place: string): Result<Point> => {
  const distributions = new Map(
    space.parameters.map(({label, distribution}) => [label, distribution]),
  )
  const match = matchGroup(space.root, params, place, distributions)
  return match.ok ? ok(match.value.point) : match
}

type Distributions = ReadonlyMap<string, Distribution>

const matchNode = (
  node: SpaceNode,
  value: unknown,
  place: string,
  distributions: Distributions,
): Result<Match> => {
  switch (node.kind) {
    case 'constant':
      return value === node.value
        ? ok(nothing)
        : refuse(`${place}: expected ${shown(node.value)}, got ${shown(value)}.`)
    case 'leaf':
      return matchLeaf(node.label, value, place, distributions)
    case 'list':
      return Array.isArray(value) && value.length === node.items.length
        ? joined(
            node.items.map((item, i) => matchNode(item, value[i], `${place}.${i}`, distributions)),
          )
        : refuse(`${place}: expected a list of ${node.items.length}, got ${shown(value)}.`)
    case 'group':
      return matchGroup(node, value, place, distributions)
    case 'choice':
      return matchChoice(node, value, place, distributions)
  }
}

const matchLeaf = (
  label: string,
  value: unknown,
  place: string,
  distributions: Distributions,
): Result<Match> => {
  const distribution = distributions.get(label)
  if (!distribution) throw new Error(`The space has no parameter ${label}.`)
  const possible = typeof value === 'number' ? possibleValue(lawOf(distribution), value) : undefined
  return possible === undefined
    ? refuse(`${place}: expected ${expectedWords(distribution)}, got ${shown(value)}.`)
    : ok({point: {[label]: possible}, omitted: 0})
}

const matchGroup = (
  {entries}: Group,
  value: unknown,
  place: string,
  distributions: Distributions,
): Result<Match> => {
  const names = entries.map(([name]) => name)
  if (!isGroup(value)) {
    return refuse(
      `${place}: expected ${names.join(', ') || 'nothing'} by name, got ${shown(value)}.`,
    )
  }
  const strangers = Object.keys(value).filter((name) => !names.includes(name))
  return joined([
    ...strangers.map((name) =>
      refuse(
        `${place}.${name}: not in the space here, which has ${names.join(', ') || 'nothing'}.`,
      ),
    ),
    ...entries.map(([name, node]): Result<Match> => {
      const at = `${place}.${name}`
      if (Object.hasOwn(value, name)) return matchNode(node, value[name], at, distributions)
      if (isConstant(node)) return ok({point: {}, omitted: 1})
      return refuse(`${at}: expected ${nodeWords(node, distributions)}, got nothing. Add it.`)
    }),
  ])
}

const matchChoice = (
  node: Extract<SpaceNode, {kind: 'choice'}>,
  value: unknown,
  place: string,
  distributions: Distributions,
): Result<Match> => {
  const tried = node.options.map((option) => matchNode(option, value, place, distributions))
  const fitting = tried.flatMap((match, option) => (match.ok ? [{...match.value, option}] : []))
  if (fitting.length === 0) {
    const meant = node.options.findIndex((option) => isMeant(option, value, node.options))
    const closest = tried[meant]
    if (closest) return closest
    return refuse(`${place}: expected ${nodeWords(node, distributions)}, got ${shown(value)}.`)
  }
  const fewest = Math.min(...fitting.map(({omitted}) => omitted))
  const [best, ...others] = fitting.filter(({omitted}) => omitted === fewest)
  // Options that say the same without leaving anything out give a trial the same.
  if (fewest > 0 && others.length > 0) {
    return refuse(
      `${place}: expected what fits one option, got what fits several. Add their constants.`,
    )
  }
  return ok({point: {[node.label]: best.option, ...best.point}, omitted: best.omitted})
}

/** Whether a value that fits no option was surely meant for this one: it has its name, or alone has its form. */
const isMeant = (option: SpaceNode, value: unknown, options: readonly SpaceNode[]): boolean => {
  if (!isGroup(value) || option.kind !== 'group') return false
  const groups = options.filter(({kind}) => kind === 'group')
  const name = option.entries.find(([key]) => key === 'name')?.[1]
  return (
    groups.length === 1 ||
    (name?.kind === 'constant' && name.value !== null && name.value === value.name)
  )
}

/** What a part of a space takes, in words. */
const nodeWords = (node: SpaceNode, distributions: Distributions): string => {
  switch (node.kind) {
    case 'constant':
      return shown(node.value)
    case 'leaf': {
      const distribution = distributions.get(node.label)
      return distribution ? expectedWords(distribution) : 'a number'
    }
    case 'list':
      return `a list of ${node.items.length}`
    case 'group':
      return `{${node.entries.map(([name]) => name).join(', ')}}`
    case 'choice': {
      const words = node.options
        .slice(0, mostOptionsSaid)
        .map((one) => nodeWords(one, distributions))
      return `one of ${words.join(', ')}${node.options.length > words.length ? ', …' : ''}`
    }
  }
}

const mostOptionsSaid = 8

const nothing: Match = {point: {}, omitted: 0}

/** All matches as one, or all problems. */
const joined = (matches: readonly Result<Match>[]): Result<Match> => {
  const problems = matches.flatMap((match) => (match.ok ? [] : match.problems))
  if (problems.length > 0) return refuse(...problems)
  const found = matches.flatMap((match) => (match.ok ? [match.value] : []))
  return ok({
    point: Object.assign({}, ...found.map(({point}) => point)),
    omitted: found.reduce((sum, {omitted}) => sum + omitted, 0),
  })
}

const isConstant = (node: SpaceNode): boolean => {
  switch (node.kind) {
    case 'constant':
      return true
    case 'leaf':
    case 'choice':
      return false
    case 'list':
      return node.items.every(isConstant)
    case 'group':
      return node.entries.every(([, entry]) => isConstant(entry))
  }
}

const isGroup = (value: unknown): value is {readonly [name: string]: unknown} =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
