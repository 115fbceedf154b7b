/** The last handlers: every request that came to nothing gets a status and a sentence, as a page or as JSON. */
import {STATUS_CODES} from 'node:http'
import type {ErrorRequestHandler, RequestHandler} from 'express'
import {z} from 'zod'
import type {Log} from '../daemon/base/log.ts'
import {html} from './html.ts'
import {HttpProblem} from './http-problem.ts'
import type {Frame} from './layout.ts'

/** Nothing stands at this address. */
export const answerNotFound: RequestHandler = (request) => {
  throw new HttpProblem(404, `There is nothing at ${request.path}. Start again from /.`)
}

/**
 * People get a page, programs `application/problem+json`. A bug is logged with its stack and answered with 500: a page
 * that fails must not end the training that runs beside it.
 */
export const answerProblem =
  (frame: Frame, log: Log): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error)
    const {status, message, problems} = problemIn(error, request.method, request.path, log)
    const title = STATUS_CODES[status] ?? 'Problem'
    response.status(status)
    if (/^\/api(\/|$)/i.test(request.path)) {
      response.type('application/problem+json')
      response.send(JSON.stringify({type: 'about:blank', title, status, detail: message, problems}))
    } else {
      const main = html`<h1>${title}</h1><p class="notice">${message}</p><p><a class="button" href="/">Back to Now</a></p>`
      response.send(frame({title, main}).markup)
    }
  }

/** What express and its body parsers throw for a request that is not as it should be. */
const clientError = z.object({status: z.int().min(400).max(499), message: z.string()})

const problemIn = (error: unknown, method: string, path: string, log: Log): HttpProblem => {
  if (error instanceof HttpProblem) return error
  const known = clientError.safeParse(error)
  if (known.success) {
    return new HttpProblem(
      known.data.status,
      `The request could not be read: ${known.data.message}.`,
    )
  }
  log.error(`${method} ${path}`, error instanceof Error ? (error.stack ?? error) : error)
  return new HttpProblem(500, 'Something went wrong in this page. The box’s journal says what.')
}
