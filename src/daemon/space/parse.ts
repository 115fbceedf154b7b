/** Reads a search space as it was written in JSON or YAML; every problem is a sentence that names its place. */
import {ok, type Result, refuse} from '../base/result.ts'
import {numericNames, parseNumeric} from './parse-distribution.ts'
import {shown} from './shown.ts'
import type {Condition, Distribution, Group, Parameter, Space, SpaceNode} from './space.ts'

const distributionNames = [...numericNames, 'choice', 'pchoice']
const known = `Known distributions are ${distributionNames.join(', ')}.`

/** Limits far above any real study and far below what would exhaust a small box. */
const deepest = 32
const mostParameters = 1000
const mostOptions = 1000
/** Nobody reads more; it also bounds the walk through a tree that contains itself. */
const mostProblems = 20
/** Three times 0.333333 will do. */
const probabilitySlack = 1e-5

/** What has been found so far. Parameters are noted before those that hang on them. */
type Findings = {readonly parameters: Parameter[]; readonly problems: string[]}

/** Where in the tree a value stands, what must have been chosen to get there, and where to note what is found. */
type Place = {
  readonly label: string
  readonly depth: number
  readonly conditions: readonly Condition[]
  readonly findings: Findings
}

/** Parses a tree of distributions and constants, or refuses it with its problems. */
export const parseSpace = (source: unknown): Result<Space> => {
  if (!isTree(source)) {
    return refuse(
      `space: expected parameters by name, got ${shown(source)}. Write {"lr": {"uniform": [0, 1]}}.`,
    )
  }
  const [name = ''] = Object.keys(source)
  if (isDistribution(name) && Array.isArray(source[name])) {
    return refuse(
      `space: expected parameters by name, got a nameless \`${name}\`. Write {"x": {"${name}": …}}.`,
    )
  }
  const findings: Findings = {parameters: [], problems: []}
  const root = readGroup(source, {label: '', depth: 0, conditions: [], findings})
  const {parameters, problems} = findings
  if (problems.length > 0) return refuse(...problems)
  if (parameters.length === 0) {
    return refuse(`space: expected at least one distribution, got only constants. ${known}`)
  }
  if (parameters.length > mostParameters) {
    return refuse(
      `space: expected at most ${mostParameters} parameters, got ${parameters.length}. Tune fewer.`,
    )
  }
  return ok({root, parameters})
}

const readNode = (source: unknown, place: Place): SpaceNode => {
  if (place.findings.problems.length >= mostProblems) return nothing
  if (place.depth > deepest) {
    return wrong(place, `expected at most ${deepest} levels, got more. Flatten the tree.`)
  }
  if (Array.isArray(source)) {
    return {kind: 'list', items: source.map((item, i) => readNode(item, under(place, i)))}
  }
  if (isTree(source)) {
    return isLeaf(source) ? readLeaf(source, place) : readGroup(source, place)
  }
  if (isScalar(source)) return {kind: 'constant', value: source}
  return wrong(place, `expected a JSON value, got ${shown(source)}. Replace it.`)
}

const readGroup = (source: Tree, place: Place): Group => {
  const entries: (readonly [string, SpaceNode])[] = []
  const names = Object.keys(source)
  for (const name of names) {
    if (name === '' || name.includes('.') || name in Object.prototype) {
      wrong(
        place,
        `expected names without dots that JavaScript does not use itself, got \`${name}\`. Rename it.`,
      )
    } else if (names.length > 1 && isDistribution(name) && Array.isArray(source[name])) {
      wrong(
        place,
        `expected \`${name}\` to stand alone, got ${names.length} entries. Put it under a name.`,
      )
    } else {
      entries.push([name, readNode(source[name], under(place, name))])
    }
  }
  return {kind: 'group', entries}
}

const readLeaf = (source: Tree, place: Place): SpaceNode => {
  const [name = ''] = Object.keys(source)
  const body = source[name]
  if (name === 'choice') return readChoice(body, place)
  if (name === 'pchoice') return readWeightedChoice(body, place)
  if (!isDistribution(name)) {
    const constant = `A list that is a constant goes into {"choice": [[…]]}.`
    return wrong(place, `\`${name}\` is not a distribution. ${known} ${constant}`)
  }
  const parsed = parseNumeric(name, body)
  if (!parsed.ok) return wrong(place, ...parsed.problems)
  note(parsed.value, place)
  return {kind: 'leaf', label: place.label}
}

const readChoice = (body: unknown, place: Place): SpaceNode => {
  if (!isOptions(body)) {
    const expected = `expected \`choice\` to list 1 to ${mostOptions} options`
    return wrong(place, `${expected}, got ${shown(body)}. List what to choose from.`)
  }
  return readOptions({kind: 'choice', count: body.length}, body, place)
}

const readWeightedChoice = (body: unknown, place: Place): SpaceNode => {
  if (!isOptions(body) || !body.every(isWeightedOption)) {
    const expected = `expected \`pchoice\` to list 1 to ${mostOptions} pairs [probability, option]`
    return wrong(place, `${expected}, got ${shown(body)}. Leave out what is never chosen.`)
  }
  const weights = body.map(([weight]) => weight)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (Math.abs(total - 1) > probabilitySlack) {
    const expected = 'expected the probabilities of `pchoice` to sum to 1'
    return wrong(place, `${expected}, got ${Number(total.toPrecision(6))}. Adjust them.`)
  }
  const probabilities = weights.map((weight) => weight / total)
  const options = body.map(([, option]) => option)
  return readOptions({kind: 'pchoice', probabilities}, options, place)
}

const readOptions = (
  distribution: Distribution,
  options: readonly unknown[],
  place: Place,
): SpaceNode => {
  const {label, conditions} = place
  note(distribution, place)
  const nodes = options.map((option, i) => {
    const inside = {...under(place, i), conditions: [...conditions, {label, option: i}]}
    return readNode(option, inside)
  })
  return {kind: 'choice', label, options: nodes}
}

const note = (distribution: Distribution, {label, conditions, findings}: Place) => {
  findings.parameters.push({label, distribution, conditions})
}

const wrong = (place: Place, ...problems: readonly string[]): SpaceNode => {
  const path = place.label === '' ? 'space' : `space.${place.label}`
  place.findings.problems.push(...problems.map((problem) => `${path}: ${problem}`))
  return nothing
}

/** Stands in for what could not be read; the whole space is refused then. */
const nothing: SpaceNode = {kind: 'constant', value: null}

const under = (place: Place, name: string | number): Place => ({
  ...place,
  label: place.label === '' ? String(name) : `${place.label}.${name}`,
  depth: place.depth + 1,
})

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Exactly one entry that is a distribution, or looks like a misspelled one. */
const isLeaf = (tree: Tree): boolean => {
  const names = Object.keys(tree)
  const [name = ''] = names
  return names.length === 1 && (isDistribution(name) || Array.isArray(tree[name]))
}

const isDistribution = (name: string): boolean => distributionNames.includes(name)

const isScalar = (value: unknown): value is null | boolean | number | string =>
  value === null ||
  typeof value === 'boolean' ||
  typeof value === 'string' ||
  Number.isFinite(value)

const isOptions = (value: unknown): value is readonly unknown[] =>
  Array.isArray(value) && value.length >= 1 && value.length <= mostOptions

const isWeightedOption = (value: unknown): value is readonly [number, unknown] =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && value[0] > 0
