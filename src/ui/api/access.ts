/** Who may come in, for the box's own command line and for owners' programs. */
import express, {type Request, Router} from 'express'
import {z} from 'zod'
import {linkAddress} from '../addresses.ts'
import type {Access} from '../auth/access.ts'
import {type Grant, type Grants, readName} from '../auth/grants.ts'
import {roleSchema, roles} from '../auth/visitor.ts'
import {HttpProblem} from '../http-problem.ts'
import {jsonIn} from './bodies.ts'
import {demand, oneOf} from './refusals.ts'
import {isKnown} from './tags.ts'

/** What of the API is for owners alone, also to look at. */
export const accessApiPaths = ['/pairing', '/sessions', '/tokens', '/access']

export type AccessRouteParts = {
  /** Absent where nobody logs in. */
  readonly access: Access | undefined
  readonly addresses: (request: Request) => readonly string[]
}

/** The caller lets nobody but owners come here. */
export const accessRoutes = ({access, addresses}: AccessRouteParts): Router => {
  const router = Router()

  router.get('/pairing', (request, response) => {
    const {role: asked = 'owner'} = request.query
    const role = demand(oneOf('role', roles, asked), 400)
    response.set('Cache-Control', 'no-store')
    if (!access) {
      response.json({code: null, addresses: []})
      return
    }
    const found = addresses(request)
    const [address = ''] = found
    response.json({
      code: access.pairing.code(role),
      addresses: found,
      link: linkAddress(address, access.pairing.linkCode(role)),
      role,
    })
  })

  router.post('/tokens', express.json({limit: '1kb'}), async (request, response) => {
    const {tokens} = present(access)
    const body = jsonIn(request, 'a token')
    const asked = newToken.safeParse(body)
    if (!asked.success) {
      throw new HttpProblem(
        422,
        `Expected {"name": "…", "role": "owner" or "reader"}, got ${JSON.stringify(body)}.`,
      )
    }
    const name = demand(readName(asked.data.name), 422)
    const token = demand(await tokens.add({name, role: asked.data.role}), 422)
    response.status(201).set('Cache-Control', 'no-store')
    response.json({...grantResource(token), token: token.secret})
  })

  for (const kind of ['sessions', 'tokens'] as const) {
    router.get(`/${kind}`, (request, response) => {
      // At most 64: one page.
      const grants = access?.[kind].all() ?? []
      if (isKnown(request, response, grants)) return
      response.json({items: grants.map(grantResource), next: null})
    })
    router.post(`/${kind}/:id/revoke`, async (request, response) => {
      const grants = present(access)[kind]
      const grant = find(grants, String(request.params.id))
      await grants.revoke(({id}) => id === grant.id)
      response.json(grantResource(grant))
    })
  }

  router.post('/access/revoke-all', async (_request, response) => {
    await present(access).revokeAll()
    response.json({status: 'revoked'})
  })
  return router
}

const present = (access: Access | undefined): Access => {
  if (access) return access
  throw new HttpProblem(409, 'Simmer is reached from this machine alone: nobody logs in here.')
}

const newToken = z.strictObject({name: z.string(), role: roleSchema})

const find = (grants: Grants, id: string): Grant => {
  const grant = grants.all().find((one) => one.id === id)
  if (!grant) throw new HttpProblem(404, `Expected the id of one that holds, got ${id}.`)
  return grant
}

const grantResource = ({id, name, role, createdAtMs, lastSeenAtMs}: Grant) => ({
  id,
  name,
  role,
  created_at: new Date(createdAtMs).toISOString(),
  last_seen_at: lastSeenAtMs === undefined ? null : new Date(lastSeenAtMs).toISOString(),
})
