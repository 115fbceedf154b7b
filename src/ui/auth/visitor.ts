/** Who a request comes from, and what they may do. The gate finds out once; everything behind it asks here. */
import type {Response} from 'express'
import {z} from 'zod'

/** An owner may do everything; a reader may look at everything but access itself, and change nothing. */
export const roles = ['owner', 'reader'] as const
export const roleSchema = z.enum(roles)
export type Role = (typeof roles)[number]

export type Visitor =
  /** This machine itself: by the token in the home folder, or because nobody else can reach it. */
  | {readonly kind: 'box'; readonly role: 'owner'}
  /** A paired browser. */
  | {readonly kind: 'session'; readonly id: string; readonly role: Role}
  /** A program with a token. */
  | {readonly kind: 'token'; readonly id: string; readonly role: Role}

export const box: Visitor = {kind: 'box', role: 'owner'}

/** Remembers for everything that answers this request who asks. */
export const receive = (response: Response, visitor: Visitor | undefined): void => {
  response.locals.visitor = visitor
}

/** Who asks; undefined is a stranger. */
export const visitorOf = (response: Response): Visitor | undefined =>
  // Written by `receive` alone.
  response.locals.visitor as Visitor | undefined
