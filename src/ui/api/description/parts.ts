/** What the description's resources are put together of. */

/** A JSON schema, as far as the description uses them. */
export type Schema = {readonly [keyword: string]: unknown}

export const ref = (name: string): Schema => ({$ref: `#/components/schemas/${name}`})

export const listOf = (name: string): Schema => ({
  type: 'object',
  required: ['items', 'next'],
  properties: {
    items: {type: 'array', items: ref(name)},
    next: {
      type: ['string', 'null'],
      description: 'Hand it back as `cursor` for what follows; null at the end',
    },
  },
})

export const share = (description: string): Schema => ({
  type: 'number',
  minimum: 0,
  maximum: 1,
  description,
})

export const numbersByName = (description: string): Schema => ({
  type: 'object',
  description,
  additionalProperties: {type: 'number'},
})

export const time = (description: string): Schema => ({
  type: 'string',
  format: 'date-time',
  description,
})

export const idParameter = {
  name: 'id',
  in: 'path',
  required: true,
  description: 'The id of a study',
  schema: {type: 'string'},
  example: 'simpsons-lenet-1',
}

export const paging = [
  {
    name: 'limit',
    in: 'query',
    description: 'How many items at most',
    schema: {type: 'integer', minimum: 1, maximum: 1000, default: 100},
  },
  {
    name: 'cursor',
    in: 'query',
    description: 'The `next` of the answer before',
    schema: {type: 'string', pattern: '^-?[0-9]{1,16}$'},
  },
]

/** An answer that is JSON. */
export const answer = (description: string, schema: Schema) => ({
  description,
  content: {'application/json': {schema}},
})

/** The same for what has an ETag: asked with it in `If-None-Match`, an unchanged resource is not sent again. */
export const taggedAnswer = (description: string, schema: Schema) => ({
  200: {
    ...answer(description, schema),
    headers: {ETag: {schema: {type: 'string'}, description: 'Changes with the resource'}},
  },
  304: {description: 'What you have is still true'},
})

const meanings = {
  400: 'A parameter or the body cannot be read',
  401: 'Beyond loopback: neither a session nor a token',
  403: 'A change that comes from another site, or from someone who may only look',
  404: 'There is no such thing',
  409: 'Not in the state that it is in',
  413: 'The body is too large',
  415: 'The body is of another type',
  421: 'Asked by a name that is not the box’s',
  422: 'The body says something that cannot be done; `problems` has a sentence for each',
  429: 'Too much at once: wait as long as `Retry-After` says',
  503: 'The disk takes no files',
} as const

/** What may go wrong: with every request, and what is named beside. */
export const problems = (...statuses: readonly (keyof typeof meanings)[]) => ({
  ...Object.fromEntries(
    ([...statuses, 400, 401, 403, 421, 429] as const).map((status) => [
      status,
      {description: meanings[status], content: problemContent},
    ]),
  ),
  default: {description: 'Anything else that goes wrong', content: problemContent},
})

const problemContent = {'application/problem+json': {schema: ref('Problem')}}

export const problemSchemas = {
  Problem: {
    type: 'object',
    description: 'RFC 9457',
    required: ['type', 'title', 'status', 'detail'],
    properties: {
      type: {const: 'about:blank'},
      title: {type: 'string', description: 'The name of the status'},
      status: {type: 'integer'},
      detail: {type: 'string', description: 'What was expected, what was found, what to do'},
      problems: {
        type: 'array',
        items: {type: 'string'},
        description: 'Where there may be several: each in a sentence that starts with its place',
      },
    },
  },
}
