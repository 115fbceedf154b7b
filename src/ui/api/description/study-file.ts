/** What is asked for when a study is queued. The daemon's own check is the judge; this is what it takes. */
import {optimizerNames} from '../../../daemon/optimizers/optimizer.ts'
import {prunerChoices} from '../../../daemon/pruners/pruner.ts'
import {ref, time} from './parts.ts'

const budget = {
  type: 'object',
  description: 'One of them, or both: what is reached first ends the study',
  properties: {
    trials: {type: 'integer', minimum: 1, maximum: 100_000},
    hours: {type: 'number', exclusiveMinimum: 0, maximum: 10_000},
  },
}
const temperature = {type: 'number', minimum: 30, maximum: 95}

export const studyFileSchemas = {
  StudyFile: {
    type: 'object',
    description: 'A study file. It names a `dataset` (and a `model`), or a `command`.',
    required: ['name', 'space', 'budget'],
    properties: {
      name: {type: 'string', minLength: 1, maxLength: 80},
      dataset: {type: 'string', minLength: 1, description: 'One of /datasets'},
      model: {const: 'lenet5'},
      command: {
        type: 'string',
        minLength: 1,
        description: 'A program that prints JSON lines with the metric',
      },
      silence_s: {
        type: 'number',
        minimum: 1,
        maximum: 86_400,
        description: 'How long the command may print nothing',
      },
      space: {
        type: 'object',
        additionalProperties: true,
        description: 'By parameter: a distribution under Hyperopt’s names',
        examples: [{lr: {loguniform: [0.0001, 0.3]}, batch: {choice: [16, 32]}}],
      },
      optimizer: {type: 'string', enum: [...optimizerNames], default: 'auto'},
      first: {
        type: 'array',
        maxItems: 1000,
        items: {type: 'object', additionalProperties: true},
        description: 'Settings to try before the optimizer is asked',
      },
      objective: {
        anyOf: [
          ref('Objective'),
          {type: 'array', items: ref('Objective'), minItems: 1, maxItems: 2},
        ],
      },
      budget,
      seed: {type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0},
      parallel: {
        type: 'integer',
        minimum: 1,
        maximum: 16,
        description: 'Trials at once; without it as many as the machine bears',
      },
      validation: {type: 'number', minimum: 0.05, maximum: 0.5, default: 0.2},
      baseline: {type: 'boolean', default: false},
      limits: {
        type: 'object',
        properties: {temperature_c: temperature},
      },
      pruner: {
        anyOf: [
          {type: 'string', enum: [...prunerChoices]},
          {
            type: 'object',
            required: ['name'],
            properties: {name: {type: 'string', enum: [...prunerChoices]}},
            additionalProperties: {type: 'integer'},
          },
        ],
      },
    },
  },
  StudyChanges: {
    type: 'object',
    description: 'What is absent stays; a limit that is null goes',
    properties: {
      budget: {
        type: 'object',
        properties: {
          trials: {type: ['integer', 'null'], minimum: 1, maximum: 100_000},
          hours: {type: ['number', 'null'], exclusiveMinimum: 0, maximum: 10_000},
        },
      },
      limits: {
        type: 'object',
        properties: {temperature_c: {type: ['number', 'null'], minimum: 30, maximum: 95}},
      },
      notes: {type: 'string', maxLength: 10_000},
    },
  },
  LimitChange: {
    type: 'object',
    description: 'What a person changed while the study went on',
    required: ['at', 'trial', 'before', 'after'],
    properties: {
      at: time('When'),
      trial: {type: 'integer', description: 'How many trials there were'},
      before: ref('Limits'),
      after: ref('Limits'),
    },
  },
  Limits: {
    type: 'object',
    required: ['budget'],
    properties: {budget, limits: {type: 'object', properties: {temperature_c: temperature}}},
  },
  Objective: {
    type: 'object',
    required: ['metric', 'goal'],
    properties: {
      metric: {type: 'string', minLength: 1},
      goal: {type: 'string', enum: ['maximize', 'minimize']},
    },
  },
}
