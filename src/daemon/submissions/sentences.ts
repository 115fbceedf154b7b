/** What zod says of a file or a form, in sentences that name the place. Pure. */
import type {z} from 'zod'

/** One sentence an issue: where, what was expected, what was found. `known` is what `source` may have. */
export const sentences = (
  issue: z.core.$ZodIssue,
  source: unknown,
  known: {readonly names: readonly string[]; readonly what: string},
): readonly string[] => {
  if (issue.code === 'invalid_union') {
    // Of the shapes that a value may have, the one that it has.
    const meant = issue.errors.find((issues) => !issues.some(isOfAnotherKind))
    if (meant) {
      return meant.flatMap((inner) =>
        sentences({...inner, path: [...issue.path, ...inner.path]}, source, known),
      )
    }
  }
  if (issue.code === 'unrecognized_keys') {
    const names = issue.path.length === 0 ? known.names.join(', ') : ''
    return issue.keys.map(
      (key) =>
        `${[...issue.path, key].join('.')}: not ${known.what}.${names && ` It takes ${names}.`}`,
    )
  }
  const found = valueAt(source, issue.path)
  const place = issue.path.join('.') || 'study'
  const expectation = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '')
  return [
    `${place}: ${expectation.replace(/, received .*$/, '')}, got ${found === undefined ? 'nothing' : shortened(found)}.`,
  ]
}

const isOfAnotherKind = ({code, path}: z.core.$ZodIssue): boolean =>
  code === 'invalid_type' && path.length === 0

const valueAt = (source: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? Object.getOwnPropertyDescriptor(value, key)?.value
        : undefined,
    source,
  )

const shortened = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
