/** The page *This browser*: what a paired browser is called here, and the button that sends it out again. */
import express, {type Response, Router} from 'express'
import type {Access} from '../auth/access.ts'
import {takeCookie} from '../auth/cookie.ts'
import {type Grant, readName} from '../auth/grants.ts'
import {visitorOf} from '../auth/visitor.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {Frame} from '../layout.ts'
import {textField} from '../parts/fields.ts'
import {formatDate} from '../parts/format.ts'

type Parts = {
  readonly frameFor: (response: Response) => Frame
  readonly sessions: Access['sessions']
}

/** Its changes concern nobody else: a reader may make them, too. */
export const thisBrowserPage = ({frameFor, sessions}: Parts): Router => {
  const router = Router()
  const form = express.urlencoded({extended: false, limit: '1kb'})
  const page = (response: Response, session: Grant, name: string, problems: readonly string[]) =>
    frameFor(response)({title: 'This browser', main: view(session, name, problems)}).markup
  const sessionOf = (response: Response): Grant => {
    const visitor = visitorOf(response)
    const session = sessions.all().find(({id}) => visitor?.kind === 'session' && id === visitor.id)
    if (session) return session
    throw new HttpProblem(404, 'This is not a paired browser: it has no name here.')
  }

  router.get('/this-browser', (_request, response) => {
    const session = sessionOf(response)
    response.send(page(response, session, session.name, []))
  })

  router.post('/this-browser', form, async (request, response) => {
    const session = sessionOf(response)
    const name = readName(request.body?.name)
    const renamed = name.ok ? await sessions.rename(session.id, name.value) : name
    if (renamed.ok) {
      response.redirect(303, '/this-browser')
      return
    }
    const typed = String(request.body?.name ?? '')
    response.status(422).send(page(response, session, typed, renamed.problems))
  })

  router.post('/forget', async (request, response) => {
    const visitor = visitorOf(response)
    if (visitor?.kind === 'session') await sessions.revoke(({id}) => id === visitor.id)
    takeCookie(request, response)
    response.redirect(303, '/pair')
  })
  return router
}

const view = ({role, createdAtMs}: Grant, name: string, problems: readonly string[]): Html => html`
<h1>This browser</h1>
<p>${
  role === 'owner'
    ? 'It is an owner’s: it may do everything.'
    : 'It is a reader’s: it may look at everything, but change nothing. To make it an owner’s, pair it again with the code of simmer pair.'
}</p>
<p class="quiet">Paired ${formatDate(createdAtMs)}</p>
<form method="post" action="/this-browser" class="own form card narrow">
${textField({
  name: 'name',
  label: 'Name',
  hint: 'By which the owners of this box know it',
  value: name,
  isRequired: true,
  problems: new Map(problems.length ? [['name', problems]] : []),
})}
<button>Rename</button>
</form>
<form method="post" action="/forget" class="own"><button class="danger">Forget this browser</button></form>`
