/** The page that lets a browser in beyond loopback, and the button that sends it out again. */
import express, {Router} from 'express'
import {sessionCookie, sessionCookieName} from '../auth/gate.ts'
import type {Pairing} from '../auth/pairing.ts'
import {type Sessions, sessionDays} from '../auth/sessions.ts'
import {type Html, html} from '../html.ts'
import type {Frame} from '../layout.ts'

type PairParts = {readonly frame: Frame; readonly pairing: Pairing; readonly sessions: Sessions}

/** `/pair` for everybody. */
export const pairPage = ({frame, pairing, sessions}: PairParts): Router => {
  const router = Router()
  const page = (words: Words) => frame({title: 'Pair', main: pairView(words)}).markup

  // The address in the QR code of `simmer pair` brings the code with it. Looking at a page changes nothing: they press Pair.
  router.get('/pair', (request, response) => {
    const {code} = request.query
    response.send(page(typeof code === 'string' ? {code: code.slice(0, 12)} : {}))
  })

  router.post(
    '/pair',
    express.urlencoded({extended: false, limit: '1kb'}),
    async (request, response) => {
      const claim = pairing.claim(String(request.body?.code ?? ''))
      switch (claim.kind) {
        case 'wrong':
          response
            .status(422)
            .send(page({problem: 'That is not the code. It may have changed: look again.'}))
          return
        case 'wait':
          response.status(429).set('Retry-After', String(claim.seconds))
          response.send(
            page({problem: `Too many wrong codes. Wait ${claim.seconds} s, then try again.`}),
          )
          return
        case 'paired':
          response.cookie(sessionCookieName, await sessions.create(), cookieOptions)
          response.redirect(303, '/')
      }
    },
  )
  return router
}

/** `/forget` for paired browsers. */
export const forgetRoute = (sessions: Sessions): Router => {
  const router = Router()
  router.post('/forget', async (request, response) => {
    const cookie = sessionCookie(request.headers)
    if (cookie) await sessions.forget(cookie)
    response.clearCookie(sessionCookieName, {path: '/'}).redirect(303, '/pair')
  })
  return router
}

const cookieOptions = {
  httpOnly: true,
  sameSite: 'strict',
  path: '/',
  maxAge: sessionDays * 24 * 3_600_000,
} as const

/** What the form holds already, and what was wrong with it. */
type Words = {readonly code?: string; readonly problem?: string}

const pairView = ({code, problem}: Words): Html => html`
<h1>Pair this browser</h1>
<p>Enter the code that this command shows on the box:</p>
<pre><code>simmer pair</code></pre>
<p>A browser that is paired already shows it on its <em>Device</em> page.</p>
<form method="post" action="/pair" class="card narrow">
  <div class="field${problem && ' wrong'}">
    <label for="code">Pairing code</label>
    <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus${code && html` value="${code}"`}${problem && html` aria-describedby="code-problem" aria-invalid="true"`}>
    ${problem && html`<p class="problem" id="code-problem">${problem}</p>`}
  </div>
  <button class="primary">Pair</button>
</form>`
