/**
 * ETags from what a resource is made of, so that an unchanged one is neither put together nor sent. What the daemon holds
 * is never changed in place: a study that has changed is another object.
 */
import {createHash, randomBytes} from 'node:crypto'
import type {Request, Response} from 'express'

/** Numbers mean nothing to the next process. */
const start = randomBytes(6).toString('base64url')
const versions = new WeakMap<object, number>()
let lastVersion = 0

const versionOf = (part: object | string | null): number | string | null => {
  if (typeof part !== 'object' || part === null) return part
  const known = versions.get(part)
  if (known !== undefined) return known
  lastVersion++
  versions.set(part, lastVersion)
  return lastVersion
}

/** What an answer is made of, besides its address: objects that are never changed in place, and texts. */
type Parts = readonly (object | string | null)[]

const tagOf = (request: Request, parts: Parts): string => {
  const made = createHash('sha256').update(request.originalUrl)
  for (const part of parts) made.update(` ${versionOf(part)}`)
  return `W/"${start}-${made.digest('base64url').slice(0, 16)}"`
}

/** Answers 304 and true where the asker has it already; otherwise the answer to come carries the tag. */
export const isKnown = (request: Request, response: Response, parts: Parts): boolean => {
  response.set('ETag', tagOf(request, parts))
  if (!request.fresh) return false
  response.status(304).end()
  return true
}
