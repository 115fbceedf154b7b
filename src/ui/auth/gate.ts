/** Decides for each request whether it may come in; pages and API behind it ask no more. */
import type {IncomingHttpHeaders} from 'node:http'
import {hostname} from 'node:os'
import type {RequestHandler} from 'express'
import {HttpProblem} from '../http-problem.ts'
import {isOwnHost, mayChange, ownNames} from './same-origin.ts'
import {isSame} from './secrets.ts'
import type {Sessions} from './sessions.ts'

/** Turns down requests for hosts that are not us (421): a foreign name that points here is an attack or a mistake. */
export const ownHostOnly =
  (boundHost: string, announcedName: string): RequestHandler =>
  (request, _response, next) => {
    const port = request.socket.localPort ?? 0
    const names = ownNames(boundHost, hostname(), announcedName)
    if (isOwnHost(request.headers.host, names, port)) return next()
    throw new HttpProblem(
      421,
      `This box does not answer to ${request.headers.host ?? 'an empty host name'}. Use its address or ${announcedName}.local, with port ${port}.`,
    )
  }

/** Turns down changes that a page of another site asks for (403). */
export const ownPagesOnly =
  (isOnLoopback: boolean, cliToken: string): RequestHandler =>
  (request, _response, next) => {
    const {headers, method} = request
    const isAllowed = mayChange({
      method,
      host: headers.host,
      origin: headers.origin,
      fetchSite: headers['sec-fetch-site']?.toString(),
      hasToken: hasToken(headers, cliToken),
      isOnLoopback,
    })
    if (isAllowed) return next()
    throw new HttpProblem(
      403,
      `Expected a change to come from this box's own pages or with a token, got origin ${headers.origin ?? 'none'}. Open the page on this box and try again.`,
    )
  }

/** Lets in paired browsers and holders of the token; sends others to pair (people) or answers 401 (programs). */
export const pairedOnly =
  (sessions: Sessions, cliToken: string): RequestHandler =>
  (request, response, next) => {
    const cookie = sessionCookie(request.headers)
    if (hasToken(request.headers, cliToken) || (cookie && sessions.knows(cookie))) return next()
    if (request.path.startsWith('/api/') || request.path === '/events') {
      response.set({'WWW-Authenticate': 'Bearer', 'HX-Redirect': '/pair'})
      throw new HttpProblem(
        401,
        'Pair this browser at /pair, or send the token as `Authorization: Bearer …`.',
      )
    }
    response.redirect(303, '/pair')
  }

export const sessionCookieName = 'simmer_session'

/** The session cookie's value as the browser sent it. */
export const sessionCookie = (headers: IncomingHttpHeaders): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === sessionCookieName)?.[1]

const hasToken = ({authorization}: IncomingHttpHeaders, cliToken: string): boolean => {
  const [scheme, token] = authorization?.split(' ') ?? []
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && isSame(token, cliToken)
}
