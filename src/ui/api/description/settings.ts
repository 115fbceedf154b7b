/** What a person can set from the network. */
import {answer, listOf, problems, ref, taggedAnswer} from './parts.ts'

export const settingsPaths = {
  '/settings': {
    get: {
      operationId: 'listSettings',
      summary: 'The settings that can be seen and changed from here, and where each came from',
      responses: {...taggedAnswer('Settings', listOf('Setting')), ...problems()},
    },
    patch: {
      operationId: 'changeSettings',
      summary: 'Changes settings in simmer.yaml: all of them, or none where one is refused',
      requestBody: {
        required: true,
        content: {'application/json': {schema: ref('SettingChanges')}},
      },
      responses: {
        200: answer('Settings', listOf('Setting')),
        ...problems(413, 415, 422, 503),
      },
    },
  },
}

export const settingsSchemas = {
  Setting: {
    type: 'object',
    required: ['name', 'value', 'default', 'from', 'is_fixed', 'allowed', 'applies', 'is_pending'],
    properties: {
      name: {type: 'string'},
      value: {type: ['number', 'null'], description: 'Null where nothing is set'},
      default: {type: ['number', 'null']},
      from: {
        type: 'string',
        description: 'The environment variable, `simmer.yaml` or `default`',
      },
      is_fixed: {
        type: 'boolean',
        description: 'Set by the environment, which goes before simmer.yaml',
      },
      allowed: {type: 'string', description: 'What it can be set to, in words'},
      applies: {
        type: 'string',
        enum: ['at once', 'with the next trial', 'after a restart'],
        description: 'When a change counts',
      },
      is_pending: {type: 'boolean', description: 'The value waits for a restart'},
    },
  },
  SettingChanges: {
    type: 'object',
    description: 'By name; null takes a setting out of simmer.yaml, so that its default holds',
    additionalProperties: {type: ['number', 'null']},
    examples: [{temperature_c: 65}],
  },
}
