/** The pages' resources as JSON under /api/v1, for programs and for our own command line. */
import {type RequestHandler, Router} from 'express'
import type {Settings} from '../../daemon/settings.ts'
import {HttpProblem} from '../http-problem.ts'
import {type DeviceRouteParts, deviceRoutes} from './device.ts'
import {openapi} from './openapi.ts'
import {settingsRoutes} from './settings.ts'
import {studyRoutes} from './studies.ts'
import {isKnown} from './tags.ts'

export const apiRouter = (parts: DeviceRouteParts & {readonly settings: Settings}): Router => {
  const router = Router()
  const description = JSON.stringify(openapi)
  router.use(methodsOf(openapi.paths))
  router.get('/openapi.json', (request, response) => {
    if (isKnown(request, response, [openapi])) return
    response.type('json').send(description)
  })
  router.use(studyRoutes(parts.daemon), deviceRoutes(parts), settingsRoutes(parts.settings))
  return router
}

/** Turns down other methods than an address takes (405), and tells those that it does. */
const methodsOf = (paths: Readonly<Record<string, object>>): RequestHandler => {
  const known = Object.entries(paths).map(([path, item]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace('{id}', '[^/]+')}/?$`, 'i'),
    methods: Object.keys(item)
      .filter((key) => key !== 'parameters')
      .flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])),
  }))
  return (request, response, next) => {
    const methods = known.find(({pattern}) => pattern.test(request.path))?.methods
    if (!methods || methods.includes(request.method)) return next()
    response.set('Allow', [...methods, 'OPTIONS'].join(', '))
    if (request.method === 'OPTIONS') {
      response.status(204).end()
      return
    }
    throw new HttpProblem(
      405,
      `${request.baseUrl}${request.path} takes ${methods.join(', ')}, got ${request.method}.`,
    )
  }
}
