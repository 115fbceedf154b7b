/** What the API offers, for people and generators: OpenAPI 3.1. A resource's part is in description/. */

import {devicePaths, deviceSchemas, pairingSchemas} from './description/device.ts'
import {answer, problemSchemas, problems} from './description/parts.ts'
import {settingsPaths, settingsSchemas} from './description/settings.ts'
import {studyPaths, studySchemas} from './description/studies.ts'
import {studyFileSchemas} from './description/study-file.ts'

/** The description under /api/v1/openapi.json. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Simmer',
    version: '1.0.0',
    description: [
      'Hyper-parameter tuning studies.',
      'Lists are `{items, next}`; problems are `application/problem+json`; `GET` and `HEAD` change nothing.',
      'A resource with an `ETag`, asked for again with `If-None-Match`, answers 304 while it is unchanged.',
      'Live events are server-sent at /events: `study`, `reading` and `order`, each with JSON.',
    ].join(' '),
  },
  servers: [{url: '/api/v1'}],
  security: [{}, {token: []}, {session: []}],
  paths: {
    '/openapi.json': {
      get: {
        operationId: 'describe',
        summary: 'This description',
        responses: {
          200: answer('OpenAPI 3.1', {type: 'object', additionalProperties: true}),
          304: {description: 'What you have is still true'},
          ...problems(),
        },
      },
    },
    ...studyPaths,
    ...devicePaths,
    ...settingsPaths,
  },
  components: {
    securitySchemes: {
      token: {
        type: 'http',
        scheme: 'bearer',
        description: 'Of the file `cli-token` in the home folder',
      },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'simmer_session',
        description: 'A paired browser',
      },
    },
    schemas: {
      ...studyFileSchemas,
      ...studySchemas,
      ...deviceSchemas,
      ...pairingSchemas,
      ...settingsSchemas,
      ...problemSchemas,
    },
  },
}
