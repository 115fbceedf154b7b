/** What changed between two JSON values, as the journal keeps it. Pure. */
import type {Json} from '../base/json.ts'

/** Sets the value at a path, or removes what is there where `value` is absent. The empty path is the whole. */
export type Change = {readonly path: readonly (string | number)[]; readonly value?: Json}

/**
 * The changes that make `after` out of `before`. Parts that are the same object are not looked into, so the cost is that
 * of what changed where values share their structure.
 */
export const difference = (before: Json, after: Json): readonly Change[] => {
  const changes: Change[] = []
  collect(before, after, [], changes)
  return changes
}

/** `before` with the changes made. `before` itself stays as it is. Throws where a path leads nowhere. */
export const applyChanges = (before: Json, changes: readonly Change[]): Json =>
  changes.reduce<Json>((value, change) => applied(value, change, 0), before)

type JsonObject = {readonly [key: string]: Json}

const collect = (
  before: Json,
  after: Json,
  path: readonly (string | number)[],
  changes: Change[],
): void => {
  if (Object.is(before, after)) return
  if (Array.isArray(before) && Array.isArray(after) && after.length >= before.length) {
    after.forEach((item, index) => {
      if (index < before.length) collect(before[index], item, [...path, index], changes)
      else changes.push({path: [...path, index], value: item})
    })
  } else if (isObject(before) && isObject(after)) {
    for (const key of Object.keys(before)) {
      if (!isPresent(after, key)) changes.push({path: [...path, key]})
    }
    for (const [key, value] of Object.entries(after)) {
      if (value === undefined) continue
      const old = before[key]
      if (old === undefined) changes.push({path: [...path, key], value})
      else collect(old, value, [...path, key], changes)
    }
  } else {
    changes.push({path, value: after})
  }
}

const applied = (value: Json, change: Change, depth: number): Json => {
  const key = change.path[depth]
  if (key === undefined) {
    if (change.value === undefined) throw new Error('the whole document cannot be removed')
    return change.value
  }
  const isLast = depth === change.path.length - 1
  if (typeof key === 'number' && Array.isArray(value) && key <= value.length) {
    const items = [...value]
    items[key] = isLast ? applied(null, change, depth + 1) : applied(value[key], change, depth + 1)
    return items
  }
  if (typeof key === 'string' && isObject(value)) {
    const {[key]: inner, ...rest} = value
    if (isLast && change.value === undefined) return rest
    return {...value, [key]: applied(inner ?? null, change, depth + 1)}
  }
  throw new Error(`a change leads nowhere: ${change.path.join('.')}`)
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPresent = (value: JsonObject, key: string): boolean =>
  Object.hasOwn(value, key) && value[key] !== undefined
