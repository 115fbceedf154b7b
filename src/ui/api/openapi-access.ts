/** Who may come in, for the description of the API. */

const json = (schema: object) => ({content: {'application/json': {schema}}})
const ref = (name: string) => ({$ref: `#/components/schemas/${name}`})
const problem = {
  description: 'What went wrong, in a sentence',
  content: {'application/problem+json': {schema: ref('Problem')}},
}
const answer = (description: string, schema: object) => ({description, ...json(schema)})
const role = {type: 'string', enum: ['owner', 'reader']}
const idParameter = {name: 'id', in: 'path', required: true, schema: {type: 'string'}}

const listOfGrants = (summary: string) => ({
  summary,
  responses: {
    200: answer(summary, {
      type: 'object',
      required: ['items', 'next'],
      properties: {items: {type: 'array', items: ref('Grant')}, next: {type: 'null'}},
    }),
    default: problem,
  },
})

const revocation = (summary: string) => ({
  parameters: [idParameter],
  post: {summary, responses: {200: answer('What has ended', ref('Grant')), default: problem}},
})

/** For owners alone. */
export const accessPaths = {
  '/pairing': {
    get: {
      summary: 'How another browser is paired',
      parameters: [{name: 'role', in: 'query', schema: {...role, default: 'owner'}}],
      responses: {
        200: answer('The code, and where to enter it', ref('Pairing')),
        default: problem,
      },
    },
  },
  '/sessions': {get: listOfGrants('The paired browsers')},
  '/sessions/{id}/revoke': revocation('Sends a browser out; its streams end at once'),
  '/tokens': {
    get: listOfGrants('The tokens of programs'),
    post: {
      summary: 'Makes a token',
      requestBody: {
        required: true,
        ...json({
          type: 'object',
          required: ['name', 'role'],
          additionalProperties: false,
          properties: {
            name: {type: 'string', minLength: 1, maxLength: 40},
            role,
          },
        }),
      },
      responses: {201: answer('The token, told this once', ref('NewToken')), default: problem},
    },
  },
  '/tokens/{id}/revoke': revocation('Ends a token'),
  '/access/revoke-all': {
    post: {
      summary: 'Ends all sessions and tokens, and makes new pairing codes',
      responses: {
        200: answer('Done', {type: 'object', properties: {status: {const: 'revoked'}}}),
        default: problem,
      },
    },
  },
}

const grantProperties = {
  id: {type: 'string'},
  name: {type: 'string'},
  role,
  created_at_ms: {type: 'integer'},
  last_seen_at_ms: {
    type: ['integer', 'null'],
    description: 'To the hour; null before its first use',
  },
}
const required = Object.keys(grantProperties)

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
      link: {type: 'string', format: 'uri', description: 'Opens the page with a code filled in'},
      role,
    },
  },
  Grant: {type: 'object', required, properties: grantProperties},
  NewToken: {
    type: 'object',
    required: [...required, 'token'],
    properties: {...grantProperties, token: {type: 'string', description: 'Never told again'}},
  },
}
