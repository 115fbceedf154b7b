/** The page that lets a browser in beyond loopback. */
import express, {Router} from 'express'
import type {Access} from '../auth/access.ts'
import {browserName} from '../auth/browser-name.ts'
import {giveCookie} from '../auth/cookie.ts'
import {visitorOf} from '../auth/visitor.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {Frame} from '../layout.ts'

type PairParts = {readonly frame: Frame; readonly access: Access}

/** `/pair` for everybody. */
export const pairPage = ({frame, access}: PairParts): Router => {
  const router = Router()
  const {pairing, sessions} = access
  const page = (words: Words) => frame({title: 'Pair', main: pairView(words)}).markup

  // The address in the QR code of `simmer pair` brings the code with it. Looking at a page changes nothing: they press Pair.
  router.get('/pair', (request, response) => {
    const {code} = request.query
    response.set('Cache-Control', 'no-store')
    response.send(page(typeof code === 'string' ? {code: code.slice(0, longestCode)} : {}))
  })

  router.post(
    '/pair',
    express.urlencoded({extended: false, limit: '1kb'}),
    async (request, response) => {
      const typed = request.body?.code
      const code = typeof typed === 'string' ? typed.slice(0, longestCode) : ''
      const claim = pairing.claim(code, clientOf(request.socket.remoteAddress))
      switch (claim.kind) {
        case 'wrong':
          response
            .status(422)
            .send(page({code, problem: 'That is not the code. It may have changed: look again.'}))
          return
        case 'wait':
          response.status(429).set('Retry-After', String(claim.seconds))
          response.send(page({code, problem: waitWords(claim)}))
          return
        case 'paired': {
          const name = browserName(request.get('User-Agent'))
          const session = await sessions.add({name, role: claim.role})
          if (!session.ok) {
            throw new HttpProblem(session.mayPass ? 503 : 409, session.problems.join(' '))
          }
          const before = visitorOf(response)
          if (before?.kind === 'session') await sessions.revoke(({id}) => id === before.id)
          giveCookie(request, response, session.value.secret)
          response.redirect(303, '/')
        }
      }
    },
  )
  return router
}

/** Longer than any code that we tell. */
const longestCode = 40

/** IPv4 looks the same however the box listens. */
const clientOf = (address = ''): string => address.replace(/^::ffff:(?=\d+\.)/, '')

const waitWords = (wait: {
  readonly seconds: number
  readonly because: 'address' | 'all'
}): string =>
  wait.because === 'address'
    ? `Too many wrong codes from here. Wait ${wait.seconds} s, then try again.`
    : `Somebody on this network is guessing codes, so they are not taken for now. Use the link or picture that simmer pair shows on the box: it always works.`

/** What the form holds already, and what was wrong with it. */
type Words = {readonly code?: string; readonly problem?: string}

const pairView = ({code, problem}: Words): Html => html`
<h1>Pair this browser</h1>
<p>Enter the code that this command shows on the box:</p>
<pre><code>simmer pair</code></pre>
<p>An owner’s browser that is paired already shows it at <em>Access</em>, at the foot of each page.</p>
<form method="post" action="/pair" class="form card narrow">
  <div class="field${problem && ' wrong'}">
    <label for="code">Pairing code</label>
    <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required${(!code || problem) && html` autofocus`}${code && html` value="${code}"`}${problem && html` aria-describedby="code-problem" aria-invalid="true"`}>
    ${problem && html`<p class="problem" id="code-problem">${problem}</p>`}
  </div>
  <button class="primary"${code && !problem && html` autofocus`}>Pair</button>
</form>`
