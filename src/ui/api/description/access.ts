/** Who may come in: codes, browsers and tokens. For owners alone. */
import {roles} from '../../auth/visitor.ts'
import {answer, idParameter, listOf, problems, ref, taggedAnswer, time} from './parts.ts'

const role = {type: 'string', enum: [...roles]}
const grantId = {...idParameter, description: 'The id of a session or token', example: 'a'}

const revocation = (operationId: string, summary: string) => ({
  parameters: [grantId],
  post: {
    operationId,
    summary,
    responses: {200: answer('What has ended', ref('Grant')), ...problems(404, 409)},
  },
})

export const accessPaths = {
  '/pairing': {
    get: {
      operationId: 'getPairing',
      summary: 'How another browser is paired',
      parameters: [
        {
          name: 'role',
          in: 'query',
          description: 'Of the browser that will come in',
          schema: {...role, default: 'owner'},
        },
      ],
      responses: {
        ...taggedAnswer('The code, and where to enter it', ref('Pairing')),
        ...problems(),
      },
    },
  },
  '/sessions': {
    get: {
      operationId: 'listSessions',
      summary: 'The paired browsers',
      responses: {...taggedAnswer('All of them', listOf('Grant')), ...problems()},
    },
  },
  '/sessions/{id}/revoke': revocation('revokeSession', 'Sends a browser out, and ends its streams'),
  '/tokens': {
    get: {
      operationId: 'listTokens',
      summary: 'The tokens of programs',
      responses: {...taggedAnswer('All of them', listOf('Grant')), ...problems()},
    },
    post: {
      operationId: 'addToken',
      summary: 'Makes a token',
      requestBody: {
        required: true,
        content: {'application/json': {schema: ref('NewToken')}},
      },
      responses: {
        201: answer('The token, told this once', ref('ToldToken')),
        ...problems(409, 413, 415, 422),
      },
    },
  },
  '/tokens/{id}/revoke': revocation('revokeToken', 'Ends a token'),
  '/access/revoke-all': {
    post: {
      operationId: 'revokeAll',
      summary: 'Ends all sessions and tokens, and makes new pairing codes',
      responses: {200: answer('It is done', ref('Revoked')), ...problems(409)},
    },
  },
}

const name = {type: 'string', minLength: 1, maxLength: 40}
const grantProperties = {
  id: {type: 'string'},
  name,
  role,
  created_at: time('When it was paired or made'),
  last_seen_at: {
    type: ['string', 'null'],
    format: 'date-time',
    description: 'To the hour; null before its first use',
  },
}

export const accessSchemas = {
  Pairing: {
    type: 'object',
    required: ['code', 'addresses'],
    properties: {
      code: {type: ['string', 'null'], description: 'Null where nobody logs in: on loopback'},
      addresses: {
        type: 'array',
        items: {type: 'string', format: 'uri'},
        description: 'Of the box on the network, the surest first',
      },
      link: {
        type: 'string',
        format: 'uri',
        description: 'Opens the page with a code that cannot be guessed, and so never has to wait',
      },
      role,
    },
  },
  Grant: {
    type: 'object',
    description: 'A session or a token',
    required: Object.keys(grantProperties),
    properties: grantProperties,
  },
  NewToken: {
    type: 'object',
    required: ['name', 'role'],
    additionalProperties: false,
    properties: {name, role},
  },
  ToldToken: {
    type: 'object',
    required: [...Object.keys(grantProperties), 'token'],
    properties: {
      ...grantProperties,
      token: {type: 'string', description: 'Goes into `Authorization: Bearer …`'},
    },
  },
  Revoked: {
    type: 'object',
    required: ['status'],
    properties: {status: {const: 'revoked'}},
  },
}
