/** The cookie that a paired browser holds. */
import type {CookieOptions, Request, Response} from 'express'
import {sessionDays} from './grants.ts'

/** Over TLS the prefix binds it to this host: nobody on the plain network can put another in its place. */
const nameOf = (isSecure: boolean): string => `${isSecure ? '__Host-' : ''}simmer_session`

const optionsOf = (isSecure: boolean): CookieOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  secure: isSecure,
  path: '/',
})

/** The session cookie as the browser sent it. */
export const cookieIn = ({headers, secure}: Request): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === nameOf(secure))?.[1]

export const giveCookie = (request: Request, response: Response, secret: string): void => {
  response.cookie(nameOf(request.secure), secret, {
    ...optionsOf(request.secure),
    maxAge: sessionDays * 24 * 3_600_000,
  })
}

export const takeCookie = (request: Request, response: Response): void => {
  response.clearCookie(nameOf(request.secure), optionsOf(request.secure))
}
