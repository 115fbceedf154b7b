/** Cuts a list into answers of `{items, next}`. Pure. */
import {ok, type Result, refuse} from '../../daemon/base/result.ts'

export type Listing<T> = {
  readonly items: readonly T[]
  /** Hand it back as `cursor` for what follows; null at the end. */
  readonly next: string | null
}

const defaultLimit = 100
const largestLimit = 1000

/**
 * The items after `query.cursor`, at most `query.limit` (100 unless told, up to 1,000). `keyOf` rises from item to item
 * and stays with its item, so a list that grows between two answers neither repeats nor skips.
 */
export const pageOf = <T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  query: {readonly limit?: unknown; readonly cursor?: unknown},
): Result<Listing<T>> => {
  const limit = query.limit === undefined ? defaultLimit : wholeNumber(query.limit)
  if (limit === undefined || limit < 1 || limit > largestLimit) {
    return refuse(
      `limit: expected a whole number from 1 to ${largestLimit}, got ${String(query.limit)}.`,
    )
  }
  const cursor = query.cursor === undefined ? Number.NEGATIVE_INFINITY : wholeNumber(query.cursor)
  if (cursor === undefined) {
    return refuse(
      `cursor: expected the \`next\` of an earlier answer, got ${String(query.cursor)}.`,
    )
  }
  const rest = items.filter((item) => keyOf(item) > cursor)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return ok({
    items: page,
    next: last !== undefined && rest.length > page.length ? String(keyOf(last)) : null,
  })
}

/** The page with each item as the outside sees it. */
export const mapped = <T, U>(listing: Listing<T>, resource: (item: T) => U): Listing<U> => ({
  items: listing.items.map(resource),
  next: listing.next,
})

const wholeNumber = (asked: unknown): number | undefined =>
  /^-?\d{1,16}$/.test(String(asked)) ? Number(asked) : undefined
