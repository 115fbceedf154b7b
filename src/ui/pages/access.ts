/** The page *Access*: who may come in, how others are let in, and how all that ends. For owners alone. */
import express, {type Request, type Response, Router} from 'express'
import {linkAddress} from '../addresses.ts'
import type {Access} from '../auth/access.ts'
import {type Grant, type Grants, readName} from '../auth/grants.ts'
import {type Role, roleSchema, visitorOf} from '../auth/visitor.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {Frame} from '../layout.ts'
import {textField, tick} from '../parts/fields.ts'
import {capitalized, formatDate} from '../parts/format.ts'

type AccessParts = {
  readonly frame: Frame
  /** Absent where nobody logs in. */
  readonly access: Access | undefined
  /** Where others find this box, the surest address first. */
  readonly addresses: (request: Request) => readonly string[]
  readonly nowMs: () => number
}

/** What a form held that was refused, and why. */
type Refused = {
  /** `new-token`, or the id of what was to be renamed. */
  readonly form: string
  readonly name: string
  readonly role: Role
  readonly problems: readonly string[]
}

/** `/access`; the caller lets nobody but owners come here. */
export const accessPage = ({frame, access, addresses, nowMs}: AccessParts): Router => {
  const router = Router()
  const form = express.urlencoded({extended: false, limit: '1kb'})
  const show = (response: Response, main: Html) => {
    // Codes and tokens: not for any cache.
    response.set('Cache-Control', 'no-store').send(frame({title: 'Access', main}).markup)
  }

  if (!access) {
    router.get('/access', (_request, response) => show(response, aloneView))
    return router
  }
  const {pairing, sessions, tokens, revokeAll} = access

  const showAll = (request: Request, response: Response, refused?: Refused) => {
    const [address = ''] = addresses(request)
    const visitor = visitorOf(response)
    show(
      response,
      accessView({
        address,
        invitations: (['owner', 'reader'] as const).map((role) => ({
          role,
          code: pairing.code(role),
          link: linkAddress(address, pairing.linkCode(role)),
        })),
        sessions: sessions.all(),
        tokens: tokens.all(),
        ownId: visitor?.kind === 'session' ? visitor.id : undefined,
        nowMs: nowMs(),
        ...(refused ? {refused} : {}),
      }),
    )
  }

  router.get('/access', (request, response) => showAll(request, response))

  router.post('/access/tokens', form, async (request, response) => {
    const name = readName(request.body?.name)
    const role = roleSchema.catch('reader').parse(request.body?.role)
    const token = name.ok ? await tokens.add({name: name.value, role}) : name
    if (token.ok) {
      show(response, newTokenView(token.value))
      return
    }
    const typed = {form: 'new-token', name: String(request.body?.name ?? ''), role}
    response.status(422)
    showAll(request, response, {...typed, problems: token.problems})
  })

  for (const [kind, grants] of Object.entries({sessions, tokens})) {
    router.post(`/access/${kind}/:id/rename`, form, async (request, response) => {
      const grant = find(grants, request.params.id)
      const typedName = request.body?.[nameField(grant)]
      const name = readName(typedName)
      const renamed = name.ok ? await grants.rename(grant.id, name.value) : name
      if (renamed.ok) {
        response.redirect(303, '/access')
        return
      }
      const typed = {form: grant.id, name: String(typedName ?? ''), role: grant.role}
      response.status(422)
      showAll(request, response, {...typed, problems: renamed.problems})
    })

    router.post(`/access/${kind}/:id/revoke`, async (request, response) => {
      const grant = find(grants, request.params.id)
      await grants.revoke(({id}) => id === grant.id)
      response.redirect(303, '/access')
    })
  }

  router.post('/access/revoke-all', async (_request, response) => {
    const visitor = visitorOf(response)
    await revokeAll(visitor?.kind === 'session' ? visitor.id : undefined)
    response.redirect(303, '/access')
  })
  return router
}

const find = (grants: Grants, id: string | string[] | undefined): Grant => {
  const grant = grants.all().find((one) => one.id === id)
  if (grant) return grant
  throw new HttpProblem(404, 'It is no longer there. Go back to /access to see who may come in.')
}

const aloneView = html`
<h1>Access</h1>
<p>Simmer is reached from this machine alone, and here nobody logs in. <code>SIMMER_HOST=0.0.0.0</code> opens it to the network, behind pairing.</p>`

const newTokenView = ({name, role, secret}: Grant & {readonly secret: string}): Html => html`
<h1>Token ${name}</h1>
<p class="notice">Copy it now: it is not shown again.</p>
<pre class="secret" tabindex="0" aria-label="The token">${secret}</pre>
<p>A program sends it with each request and is ${role === 'owner' ? 'an owner' : 'a reader'}:</p>
<pre class="scroll" tabindex="0"><code>Authorization: Bearer …</code></pre>
<p><a class="button" href="/access">Back to Access</a></p>`

type Invitation = {readonly role: Role; readonly code: string; readonly link: string}

type Shown = {
  /** Where others find this box. */
  readonly address: string
  readonly invitations: readonly Invitation[]
  readonly sessions: readonly Grant[]
  readonly tokens: readonly Grant[]
  readonly ownId: string | undefined
  readonly nowMs: number
  readonly refused?: Refused
}

const accessView = ({address, invitations, sessions, tokens, ...rest}: Shown): Html => html`
<h1>Access</h1>
<section>
<h2>Let a browser in</h2>
<p>Open <b>${address}</b> there and enter a code. Each is good once.</p>
<div class="pair">${invitations.map(invitationCard)}</div>
</section>
<section>
<h2>Browsers</h2>
<ul class="grants">${[...sessions]
  .sort((a, b) => Number(b.id === rest.ownId) - Number(a.id === rest.ownId))
  .map((session) => grantItem('sessions', session, rest))}</ul>
</section>
<section>
<h2>Tokens</h2>
<p>For scripts and programs. A token holds until you revoke it.</p>
${tokens.length > 0 && html`<ul class="grants">${tokens.map((token) => grantItem('tokens', token, rest))}</ul>`}
${newTokenForm(rest.refused?.form === 'new-token' ? rest.refused : undefined)}
</section>
<section>
<h2>Close everything</h2>
<p>Ends all tokens and all browsers${rest.ownId !== undefined && ' but this one'}, and makes new codes.</p>
<details><summary class="button">Revoke all…</summary>
<div class="card ask"><p>Every other browser has to pair again, every script needs a new token.</p>
<form method="post" action="/access/revoke-all"><button class="danger">Revoke all</button></form></div>
</details>
</section>`

const roleWords = {
  owner: 'may do everything, also let others in and run commands',
  reader: 'may look at everything, but change nothing',
} as const

const invitationCard = ({role, code, link}: Invitation): Html => html`
<div class="card">
<h3>${capitalized(role)}</h3>
<p><b class="code">${code}</b></p>
<p class="quiet">Whoever enters it ${roleWords[role]}.</p>
<details><summary>Or send a link</summary><p><a href="${link}">${link}</a></p></details>
</div>`

const grantItem = (
  kind: 'sessions' | 'tokens',
  grant: Grant,
  {ownId, nowMs, refused}: Pick<Shown, 'ownId' | 'nowMs' | 'refused'>,
): Html => {
  const {id, name, role} = grant
  const isOwn = id === ownId
  const wrong = refused?.form === id ? refused : undefined
  return html`<li>
<p><b>${name}</b> <span class="badge">${role}</span>${isOwn && html` <span class="badge complete">this browser</span>`}</p>
<p class="quiet">${kind === 'tokens' ? 'Made' : 'Paired'} ${formatDate(grant.createdAtMs)} · ${seenWords(grant, nowMs)}</p>
<details${wrong && html` open`}><summary>${isOwn ? 'Rename or forget' : 'Rename or revoke'}<span class="unseen"> ${name}</span></summary>
<form method="post" action="/access/${kind}/${id}/rename" class="form narrow">
${textField({
  name: nameField(grant),
  label: 'Name',
  value: wrong?.name ?? name,
  isRequired: true,
  problems: new Map(wrong ? [[nameField(grant), wrong.problems]] : []),
})}
<button>Rename</button>
</form>
<form method="post" action="${isOwn ? '/forget' : `/access/${kind}/${id}/revoke`}" class="form"><button class="danger">${isOwn ? 'Forget this browser' : html`Revoke<span class="unseen"> ${name}</span>`}</button></form>
</details>
</li>`
}

/** A field's name is also its id: each needs its own. */
const nameField = ({id}: Grant): string => `name-${id}`

const hourMs = 3_600_000

/** No finer than it is kept. */
const seenWords = ({lastSeenAtMs}: Grant, nowMs: number): string => {
  if (lastSeenAtMs === undefined) return 'not used yet'
  const hours = Math.floor((nowMs - lastSeenAtMs) / hourMs)
  if (hours < 2) return 'used in the last two hours'
  return hours < 48 ? `last used ${hours} hours ago` : `last used ${formatDate(lastSeenAtMs)}`
}

const newTokenForm = (refused: Refused | undefined): Html => html`
<form method="post" action="/access/tokens" class="form card narrow">
<h3>Make a token</h3>
${textField({
  name: 'name',
  label: 'Name',
  hint: 'Of the script that will use it',
  value: refused?.name ?? '',
  isRequired: true,
  problems: new Map(refused ? [['name', refused.problems]] : []),
})}
<fieldset><legend>Role</legend>
${(['reader', 'owner'] as const).map((role) =>
  tick({
    type: 'radio',
    name: 'role',
    value: role,
    isChecked: role === (refused?.role ?? 'reader'),
    label: html`${capitalized(role)} <small>${roleWords[role]}</small>`,
    className: 'choice',
  }),
)}
</fieldset>
<button class="primary">Make token</button>
</form>`
