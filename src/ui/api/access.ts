/** Who may come in, for the box's own command line and for owners' programs. */
import express, {type Request, Router} from 'express'
import {z} from 'zod'
import {linkAddress} from '../addresses.ts'
import type {Access} from '../auth/access.ts'
import {type Grant, type Grants, readName} from '../auth/grants.ts'
import {roleSchema, roles} from '../auth/visitor.ts'
import {HttpProblem} from '../http-problem.ts'

/** What of the API is for owners alone, also to look at. */
export const accessApiPaths = ['/pairing', '/sessions', '/tokens', '/access']

type AccessApiParts = {
  /** Absent where nobody logs in. */
  readonly access: Access | undefined
  readonly addresses: (request: Request) => readonly string[]
}

/** Under /api/v1; the caller lets nobody but owners come here. */
export const accessApi = ({access, addresses}: AccessApiParts): Router => {
  const router = Router()

  router.get('/pairing', (request, response) => {
    const {role: asked = 'owner'} = request.query
    const role = roleSchema.safeParse(asked)
    if (!role.success) {
      throw new HttpProblem(400, `role: expected one of ${roles.join(', ')}, got ${String(asked)}.`)
    }
    response.set('Cache-Control', 'no-store')
    if (!access) {
      response.json({code: null, addresses: []})
      return
    }
    const found = addresses(request)
    const [address = ''] = found
    response.json({
      code: access.pairing.code(role.data),
      addresses: found,
      link: linkAddress(address, access.pairing.linkCode(role.data)),
      role: role.data,
    })
  })

  if (!access) {
    router.get(['/sessions', '/tokens'], (_request, response) => {
      response.json({items: [], next: null})
    })
    router.post(['/sessions/:id/revoke', '/tokens{/:id/revoke}', '/access/revoke-all'], () => {
      throw new HttpProblem(409, 'Simmer is reached from this machine alone: nobody logs in here.')
    })
    return router
  }
  const {sessions, tokens, revokeAll} = access

  router.post('/tokens', express.json({limit: '1kb'}), async (request, response) => {
    const asked = newToken.safeParse(request.body)
    if (!asked.success) {
      throw new HttpProblem(
        422,
        `Expected {"name": "…", "role": "owner" or "reader"}, got ${JSON.stringify(request.body)}.`,
      )
    }
    const name = readName(asked.data.name)
    const token = name.ok ? await tokens.add({name: name.value, role: asked.data.role}) : name
    if (!token.ok) throw new HttpProblem(422, token.problems.join(' '))
    response.status(201).set('Cache-Control', 'no-store')
    response.json({...grantResource(token.value), token: token.value.secret})
  })

  for (const [kind, grants] of Object.entries({sessions, tokens})) {
    router.get(`/${kind}`, (_request, response) => {
      // At most 64: one page.
      response.json({items: grants.all().map(grantResource), next: null})
    })
    router.post(`/${kind}/:id/revoke`, async (request, response) => {
      const grant = find(grants, String(request.params.id))
      await grants.revoke(({id}) => id === grant.id)
      response.json(grantResource(grant))
    })
  }

  router.post('/access/revoke-all', async (_request, response) => {
    await revokeAll()
    response.json({status: 'revoked'})
  })
  return router
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
  created_at_ms: createdAtMs,
  last_seen_at_ms: lastSeenAtMs ?? null,
})
