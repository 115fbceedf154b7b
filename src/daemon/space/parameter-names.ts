import type {Space, SpaceNode} from './space.ts'

/**
 * What people call each parameter of a space, by label: `optimizer.1.beta1` is `optimizer.adam.beta1` where that option
 * names itself `adam`.
 */
export const parameterNames = ({root}: Space): ReadonlyMap<string, string> =>
  new Map(namesIn(root, ''))

type LabelAndName = readonly [label: string, name: string]

const namesIn = (node: SpaceNode, name: string): readonly LabelAndName[] => {
  const under = (part: string) => (name === '' ? part : `${name}.${part}`)
  switch (node.kind) {
    case 'constant':
      return []
    case 'leaf':
      return [[node.label, name]]
    case 'list':
      return node.items.flatMap((item, i) => namesIn(item, under(String(i))))
    case 'group':
      return node.entries.flatMap(([key, entry]) => namesIn(entry, under(key)))
    case 'choice': {
      const own = node.options.map(ownName)
      // Two options of one name are told apart by their numbers.
      const parts = own.map((part, i) =>
        part !== undefined && own.filter((other) => other === part).length === 1 ? part : String(i),
      )
      const inside = node.options.flatMap((option, i) => namesIn(option, under(parts[i])))
      return [[node.label, name], ...inside]
    }
  }
}

/** The `name` that a group gives itself. */
const ownName = (option: SpaceNode): string | undefined => {
  if (option.kind !== 'group') return undefined
  const name = option.entries.find(([key]) => key === 'name')?.[1]
  return name?.kind === 'constant' && typeof name.value === 'string' ? name.value : undefined
}
