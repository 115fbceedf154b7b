/** What the API offers, for people and generators: OpenAPI 3.1. */
import {deviceSchemas} from './openapi-device.ts'

const json = (schema: object) => ({content: {'application/json': {schema}}})
const ref = (name: string) => ({$ref: `#/components/schemas/${name}`})
const answer = (description: string, schema: object) => ({description, ...json(schema)})
const listOf = (name: string) => ({
  type: 'object',
  required: ['items', 'next'],
  properties: {items: {type: 'array', items: ref(name)}, next: {type: ['string', 'null']}},
})

const problem = {
  description: 'What went wrong, in a sentence',
  content: {'application/problem+json': {schema: ref('Problem')}},
}
const idParameter = {name: 'id', in: 'path', required: true, schema: {type: 'string'}}
const paging = [
  {name: 'limit', in: 'query', schema: {type: 'integer', minimum: 1, maximum: 1000, default: 100}},
  {name: 'cursor', in: 'query', schema: {type: 'string'}},
]

const list = (summary: string, name: string) => ({
  get: {
    summary,
    parameters: paging,
    responses: {200: answer(summary, listOf(name)), default: problem},
  },
})

const change = (summary: string) => ({
  parameters: [idParameter],
  post: {summary, responses: {200: answer('The study', ref('Study')), default: problem}},
})

const value = {type: 'number', description: 'The (first) objective in its own direction'}
const values = {
  type: 'object',
  additionalProperties: {type: 'number'},
  description: 'With two objectives: both, by metric',
}

/** The description under /api/v1/openapi.json. */
export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Simmer',
    version: '1.0.0',
    description:
      'Hyper-parameter tuning studies. Live events are server-sent at /events: `study`, `reading` and `order`, each with JSON.',
  },
  servers: [{url: '/api/v1'}],
  security: [{}, {token: []}],
  paths: {
    '/studies': {
      ...list('All studies in queue order', 'Study'),
      post: {
        summary: 'Queues a study',
        requestBody: {
          required: true,
          content: {
            'application/json': {schema: ref('StudyFile')},
            'application/yaml': {schema: ref('StudyFile')},
          },
        },
        responses: {201: answer('The queued study', ref('Study')), default: problem},
      },
    },
    '/studies/{id}': {
      parameters: [idParameter],
      get: {
        summary: 'One study without its trials',
        responses: {200: answer('The study', ref('Study')), default: problem},
      },
    },
    '/studies/{id}/trials': {
      parameters: [idParameter],
      ...list('The trials of a study by number', 'Trial'),
    },
    '/studies/{id}/importance': {
      parameters: [idParameter],
      get: {
        summary: 'Which parameters of a study matter',
        responses: {200: answer('Their shares', ref('Importance')), default: problem},
      },
    },
    '/studies/{id}/pause': change('Pauses a queued or running study'),
    '/studies/{id}/resume': change('Puts a paused study back into the queue'),
    '/studies/{id}/cancel': change('Ends a study for good; its trials stay readable'),
    '/studies/{id}/export': {
      parameters: [idParameter],
      get: {
        summary: 'The study as a file',
        parameters: [
          {
            name: 'format',
            in: 'query',
            schema: {type: 'string', enum: ['csv', 'json', 'md'], default: 'json'},
          },
        ],
        responses: {
          200: {
            description: 'The file',
            content: {'text/csv': {}, 'application/json': {}, 'text/markdown': {}},
          },
          default: problem,
        },
      },
    },
    '/datasets': list('The data sets this machine knows, with their licenses', 'Dataset'),
    '/devices': {
      get: {
        summary: 'This machine',
        responses: {200: answer('One device', listOf('Device')), default: problem},
      },
    },
    '/pairing': {
      get: {
        summary: 'How another browser is paired',
        responses: {
          200: answer('The code, and where to enter it', ref('Pairing')),
          default: problem,
        },
      },
    },
    '/telemetry': list('Readings of the last hour, newest first', 'Reading'),
    '/telemetry/log': {
      get: {
        summary: 'The thermal and performance log of a stretch of time, oldest first',
        parameters: [
          {
            name: 'from',
            in: 'query',
            description:
              'The first moment: ISO 8601, ms since 1970, or a duration that ends at `to` (`PT1H`, `P90D`)',
            schema: {type: 'string', default: 'PT1H'},
          },
          {
            name: 'to',
            in: 'query',
            description: 'The moment to stop before: ISO 8601 or ms since 1970; now unless told',
            schema: {type: 'string'},
          },
          {
            name: 'resolution',
            in: 'query',
            description:
              'Rows that are kept finer are thinned to it; without it each is as fine as it is kept',
            schema: {type: 'string', enum: ['1s', '10s', '1min']},
          },
          {
            name: 'format',
            in: 'query',
            schema: {type: 'string', enum: ['csv', 'ndjson'], default: 'ndjson'},
          },
        ],
        responses: {
          200: {
            description: 'The rows',
            content: {'application/x-ndjson': {schema: ref('LogRow')}, 'text/csv': {}},
          },
          default: problem,
        },
      },
    },
  },
  components: {
    securitySchemes: {token: {type: 'http', scheme: 'bearer'}},
    schemas: {
      StudyFile: {
        type: 'object',
        required: ['name', 'space', 'budget'],
        description: 'A study file; docs and examples come with Simmer.',
        properties: {
          objective: {
            oneOf: [
              ref('Objective'),
              {type: 'array', items: ref('Objective'), minItems: 1, maxItems: 2},
            ],
          },
        },
      },
      Objective: {
        type: 'object',
        required: ['metric', 'goal'],
        properties: {metric: {type: 'string'}, goal: {enum: ['maximize', 'minimize']}},
      },
      Study: {
        type: 'object',
        required: ['id', 'name', 'state'],
        properties: {
          id: {type: 'string'},
          name: {type: 'string'},
          state: {enum: ['queued', 'running', 'paused', 'complete', 'failed', 'canceled']},
          best: {
            description: 'The best trial in the (first) objective',
            anyOf: [ref('Found'), {type: 'null'}],
          },
          front: {
            type: 'array',
            items: ref('Found'),
            description:
              'With two objectives: the trials that no other one beats in both, the best in the first one first',
          },
        },
      },
      Found: {
        type: 'object',
        required: ['id', 'value', 'params'],
        properties: {id: {type: 'integer'}, value, values, params: {type: 'object'}},
      },
      Trial: {
        type: 'object',
        required: ['id', 'state', 'params'],
        properties: {
          id: {type: 'integer'},
          state: {enum: ['waiting', 'running', 'complete', 'pruned', 'failed']},
          params: {type: 'object'},
          value,
          values,
          reason: {
            type: 'object',
            description: 'Why it failed or was pruned',
            required: ['kind', 'message'],
            properties: {kind: {type: 'string'}, message: {type: 'string'}},
          },
        },
      },
      Importance: {
        type: 'object',
        required: ['method', 'trials', 'objectives'],
        properties: {
          method: {const: 'functional-anova'},
          trials: {type: 'integer', description: 'How many complete trials there are'},
          objectives: {
            type: 'array',
            items: {
              type: 'object',
              required: ['metric', 'parameters', 'rest'],
              properties: {
                metric: {type: 'string'},
                parameters: {
                  type: 'array',
                  description: 'The most important one first; empty where nothing can be told',
                  items: ref('ParameterImportance'),
                },
                rest: {type: ['number', 'null'], description: 'Interactions and chance: 0 to 1'},
                reason: {type: 'string', description: 'Why nothing can be told'},
              },
            },
          },
        },
      },
      ParameterImportance: {
        type: 'object',
        required: ['label', 'name', 'share'],
        properties: {
          label: {type: 'string', description: 'The path through the search space'},
          name: {type: 'string', description: 'The same with the names of options'},
          share: {
            type: 'number',
            description: 'Of the variance over the space, explained by this one alone: 0 to 1',
          },
        },
      },
      Dataset: {
        type: 'object',
        required: ['name', 'title', 'classes', 'license', 'state'],
        properties: {
          name: {type: 'string'},
          title: {type: 'string'},
          classes: {type: 'array', items: {type: 'string'}},
          license: {type: 'string'},
          state: {enum: ['ready', 'not-downloaded']},
        },
      },
      ...deviceSchemas,
      Remark: {
        type: 'object',
        required: ['about', 'is_good', 'text'],
        properties: {
          about: {enum: ['processor', 'supply', 'memory', 'last stop']},
          is_good: {type: 'boolean'},
          text: {type: 'string'},
          fix: {type: 'string', description: 'What to do about it'},
        },
      },
      LogRow: {
        type: 'object',
        required: ['at_ms', 'readings', 'temperatures_c', 'powers_w', 'voltages_v'],
        description: 'One second, or the means of several',
        properties: {
          at_ms: {type: 'integer', description: 'When the first of its readings was taken'},
          readings: {type: 'integer', description: 'How many readings it is the mean of'},
          temperatures_c: ref('Numbers'),
          temperatures_max_c: ref('Numbers'),
          powers_w: ref('Numbers'),
          voltages_v: ref('Numbers'),
          micro_batch: {type: 'number'},
          duty: {type: 'number', description: 'Share of the time that was spent computing: 0 to 1'},
          samples_per_second: {type: 'number', description: 'Of all running trials together'},
          trial: {type: 'string', description: '`study/trial` of what ran, with spaces between'},
          alarms: {type: 'array', items: {type: 'string'}},
          throttle_orders: {
            type: 'array',
            items: {
              type: 'object',
              required: ['at_ms', 'micro_batch', 'duty', 'reason'],
              properties: {
                at_ms: {type: 'integer'},
                micro_batch: {type: 'integer'},
                duty: {type: 'number'},
                reason: {type: 'string'},
              },
            },
          },
        },
      },
      Numbers: {type: 'object', additionalProperties: {type: 'number'}},
      Problem: {
        type: 'object',
        required: ['title', 'status', 'detail'],
        properties: {
          title: {type: 'string'},
          status: {type: 'integer'},
          detail: {type: 'string'},
        },
      },
    },
  },
}
