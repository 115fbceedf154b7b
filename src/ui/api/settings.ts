/** /settings: what a person can set from the network. */
import {type Request, type Response, Router} from 'express'
import {z} from 'zod'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import type {Setting, SettingChanges, Settings} from '../../daemon/settings.ts'
import {jsonIn, readsJson} from './bodies.ts'
import {demand} from './refusals.ts'
import {isKnown} from './tags.ts'

export const settingsRoutes = (settings: Settings): Router => {
  const router = Router()

  router.get('/settings', (request, response) => {
    const list = settings.list()
    if (isKnown(request, response, [list])) return
    response.json({items: list.map(settingResource), next: null})
  })

  router.patch('/settings', readsJson, async (request: Request, response: Response) => {
    const changes = demand(changesIn(jsonIn(request, 'changes of settings')), 422)
    const list = demand(await settings.change(changes), 422)
    response.json({items: list.map(settingResource), next: null})
  })

  return router
}

const settingResource = (setting: Setting) => ({
  name: setting.name,
  value: setting.value ?? null,
  default: setting.fallback ?? null,
  from: setting.from,
  is_fixed: setting.isFixed,
  allowed: setting.allowed,
  applies: setting.applies,
  is_pending: setting.isPending,
})

const changesSchema = z.record(z.string(), z.number().nullable())

const changesIn = (body: unknown): Result<SettingChanges> => {
  const parsed = changesSchema.safeParse(body)
  return parsed.success
    ? ok(new Map(Object.entries(parsed.data)))
    : refuse(
        ...parsed.error.issues.map(
          ({path}) =>
            `${path.join('.') || 'changes'}: expected ${path.length ? 'a number or null' : 'an object such as {"temperature_c": 65}'}.`,
        ),
      )
}
