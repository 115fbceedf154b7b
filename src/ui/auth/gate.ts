/** Decides for each request whether it may come in and what it may do; pages and API behind it ask no more. */
import type {IncomingHttpHeaders} from 'node:http'
import type {Request, RequestHandler} from 'express'
import {HttpProblem} from '../http-problem.ts'
import type {Access} from './access.ts'
import {cookieIn} from './cookie.ts'
import {isHarmless, isOwnChange, isOwnHost, type Naming} from './same-origin.ts'
import {isSame} from './secrets.ts'
import {box, receive, type Visitor, visitorOf} from './visitor.ts'

/** Turns down requests for hosts that are not us (421): a foreign name that points here is an attack or a mistake. */
export const ownHostOnly =
  (naming: () => Naming, announcedName: string): RequestHandler =>
  (request, _response, next) => {
    const port = request.socket.localPort ?? 0
    if (isOwnHost(request.headers.host, naming(), port)) return next()
    throw new HttpProblem(
      421,
      `This box does not answer to ${request.headers.host ?? 'an empty host name'}. Use its address or ${announcedName}.local, with port ${port}.`,
    )
  }

/** Finds out who asks. Where others cannot reach the box, everybody is the box itself. */
export const recognize =
  (access: Access | undefined, cliToken: string): RequestHandler =>
  (request, response, next) => {
    const visitor = access ? guestOf(request, access, cliToken) : box
    receive(response, visitor)
    if (access && visitor) access.attend(visitor, response)
    next()
  }

/** Turns down changes that a page of another site asks for (403). */
export const ownPagesOnly =
  (isOnLoopback: boolean): RequestHandler =>
  (request, response, next) => {
    const {headers, method, secure} = request
    const sentToken = bearerToken(headers)
    const visitor = visitorOf(response)
    const isAllowed = isOwnChange({
      method,
      scheme: secure ? 'https' : 'http',
      host: headers.host,
      origin: headers.origin,
      fetchSite: headers['sec-fetch-site']?.toString(),
      hasToken: sentToken !== undefined && visitor !== undefined && visitor.kind !== 'session',
      isOnLoopback,
    })
    if (isAllowed) return next()
    // A program whose token was revoked must not be told that it is a foreign page.
    if (sentToken !== undefined && headers.origin === undefined) return next()
    throw new HttpProblem(
      403,
      `Expected a change to come from this box's own pages or with a token, got origin ${headers.origin ?? 'none'}. Open the page on this box and try again.`,
    )
  }

/** Lets in whom `recognize` knows; sends others to pair (people) or answers 401 (programs). */
export const guestsOnly: RequestHandler = (request, response, next) => {
  if (visitorOf(response)) return next()
  if (isForPrograms(request)) {
    response.set({'WWW-Authenticate': 'Bearer', 'HX-Redirect': '/pair'})
    throw new HttpProblem(
      401,
      'Pair this browser at /pair, or send a token that holds as `Authorization: Bearer …`.',
    )
  }
  response.redirect(303, '/pair')
}

/** Turns down what a reader may not do (403): every change, and what would let somebody else in. */
export const ownersOnly =
  (
    what: 'everything' | 'changes',
    {except = []}: {readonly except?: readonly string[]} = {},
  ): RequestHandler =>
  (request, response, next) => {
    const visitor = visitorOf(response)
    const isLook = what === 'changes' && isHarmless(request.method)
    if (visitor?.role === 'owner' || isLook || except.includes(request.path)) return next()
    throw new HttpProblem(
      403,
      `${visitor?.kind === 'token' ? 'This token belongs to' : 'This browser is'} a reader: it may look at everything, but not change anything or let others in. Ask an owner of this box.`,
    )
  }

const isForPrograms = ({path, headers}: Request): boolean =>
  path.startsWith('/api/') || path === '/events' || bearerToken(headers) !== undefined

/** Whoever sends a token is judged by it alone. */
const guestOf = (
  request: Request,
  {sessions, tokens}: Access,
  cliToken: string,
): Visitor | undefined => {
  const token = bearerToken(request.headers)
  if (token !== undefined) {
    if (isSame(token, cliToken)) return box
    const grant = tokens.use(token)
    return grant && {kind: 'token', id: grant.id, role: grant.role}
  }
  const cookie = cookieIn(request)
  const grant = cookie === undefined ? undefined : sessions.use(cookie)
  return grant && {kind: 'session', id: grant.id, role: grant.role}
}

const bearerToken = ({authorization}: IncomingHttpHeaders): string | undefined => {
  const [scheme, token] = authorization?.split(' ') ?? []
  return scheme?.toLowerCase() === 'bearer' ? (token ?? '') : undefined
}
