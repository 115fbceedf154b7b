/** Studies, their trials and what matters in them. */
import {exportFormats} from '../../../daemon/exports/formats.ts'
import {
  answer,
  idParameter,
  listOf,
  paging,
  problems,
  ref,
  share,
  taggedAnswer,
  time,
} from './parts.ts'

const change = (operationId: string, summary: string) => ({
  parameters: [idParameter],
  post: {
    operationId,
    summary,
    responses: {200: answer('The study', ref('Study')), ...problems(404, 409)},
  },
})

export const studyPaths = {
  '/studies': {
    get: {
      operationId: 'listStudies',
      summary: 'All studies in queue order',
      parameters: paging,
      responses: {...taggedAnswer('Studies', listOf('Study')), ...problems()},
    },
    post: {
      operationId: 'queueStudy',
      summary: 'Queues a study',
      requestBody: {
        required: true,
        content: {
          'application/json': {schema: ref('StudyFile')},
          'application/yaml': {schema: ref('StudyFile')},
        },
      },
      responses: {
        201: {
          ...answer('The queued study', ref('Study')),
          headers: {Location: {schema: {type: 'string'}, description: 'Where the study is'}},
        },
        ...problems(413, 415, 422),
      },
    },
  },
  '/studies/{id}': {
    parameters: [idParameter],
    get: {
      operationId: 'getStudy',
      summary: 'One study without its trials',
      responses: {...taggedAnswer('The study', ref('Study')), ...problems(404)},
    },
    patch: {
      operationId: 'changeStudy',
      summary: 'Changes limits of an unfinished study, or the notes of any',
      requestBody: {
        required: true,
        content: {'application/json': {schema: ref('StudyChanges')}},
      },
      responses: {
        200: answer('The changed study', ref('Study')),
        ...problems(404, 409, 413, 415, 422),
      },
    },
  },
  '/studies/{id}/trials': {
    parameters: [idParameter],
    get: {
      operationId: 'listTrials',
      summary: 'The trials of a study by number',
      parameters: paging,
      responses: {...taggedAnswer('Trials', listOf('Trial')), ...problems(404)},
    },
  },
  '/studies/{id}/importance': {
    parameters: [idParameter],
    get: {
      operationId: 'getImportance',
      summary: 'Which parameters of a study matter',
      responses: {...taggedAnswer('Their shares', ref('Importance')), ...problems(404)},
    },
  },
  '/studies/{id}/pause': change('pauseStudy', 'Pauses a queued or running study'),
  '/studies/{id}/resume': change('resumeStudy', 'Puts a paused study back into the queue'),
  '/studies/{id}/cancel': change('cancelStudy', 'Ends a study for good; its trials stay readable'),
  '/studies/{id}/export': {
    parameters: [idParameter],
    get: {
      operationId: 'exportStudy',
      summary: 'The study and its trials as a file',
      parameters: [
        {
          name: 'format',
          in: 'query',
          schema: {type: 'string', enum: [...exportFormats], default: 'json'},
        },
      ],
      responses: {
        200: {
          description: 'The file',
          content: {
            'text/csv': {},
            'application/json': {schema: ref('StudyWithTrials')},
            'text/markdown': {},
          },
        },
        304: {description: 'What you have is still true'},
        ...problems(404),
      },
    },
  },
}

const value = {type: 'number', description: 'The (first) objective in its own direction'}
const values = {
  type: 'object',
  additionalProperties: {type: 'number'},
  description: 'With two objectives: both, by metric',
}
const params = {type: 'object', additionalProperties: true, description: 'By parameter'}
const energy = {
  energy_wh: {type: 'number', description: 'Of the whole board; absent where nothing measures it'},
  mean_power_w: {type: 'number'},
}

const study = {
  id: {type: 'string'},
  name: {type: 'string'},
  state: {type: 'string', enum: ['queued', 'running', 'paused', 'complete', 'failed', 'canceled']},
  reason: {type: 'string', description: 'Why it is paused or failed'},
  created_at: time('When it was queued'),
  finished_at: time('When it ended'),
  active_ms: {type: 'number', description: 'Time with trials running, over all restarts'},
  ...energy,
  trial_counts: {
    type: 'object',
    required: ['waiting', 'running', 'complete', 'pruned', 'failed'],
    properties: {
      waiting: {type: 'integer'},
      running: {type: 'integer'},
      complete: {type: 'integer'},
      pruned: {type: 'integer'},
      failed: {type: 'integer'},
    },
  },
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
  settings: ref('StudyFile'),
  notes: {type: 'string'},
  limit_changes: {type: 'array', items: ref('LimitChange'), description: 'The oldest first'},
  score: ref('Score'),
  baseline_score: ref('Score'),
}
const always = [
  'id',
  'name',
  'state',
  'created_at',
  'active_ms',
  'trial_counts',
  'best',
  'settings',
]

export const studySchemas = {
  Study: {type: 'object', required: always, properties: study},
  StudyWithTrials: {
    type: 'object',
    required: [...always, 'trials'],
    properties: {...study, trials: {type: 'array', items: ref('Trial')}},
  },
  Found: {
    type: 'object',
    required: ['id', 'value', 'params'],
    properties: {id: {type: 'integer'}, value, values, params},
  },
  Score: {
    type: 'object',
    description: 'One setting, trained on all training data, scored once on the test set',
    required: [
      'params',
      'test_accuracy',
      'interval95',
      'per_class',
      'confusion',
      'samples_per_second',
      'duration_ms',
      'backend',
    ],
    properties: {
      params,
      test_accuracy: share('Of the test pictures that were told rightly'),
      interval95: {
        type: 'array',
        items: {type: 'number'},
        minItems: 2,
        maxItems: 2,
        description: 'Wilson’s 95 % interval',
      },
      per_class: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'count', 'accuracy'],
          properties: {
            name: {type: 'string'},
            count: {type: 'integer'},
            accuracy: {type: 'number'},
          },
        },
      },
      confusion: {
        type: 'array',
        items: {type: 'array', items: {type: 'integer'}},
        description: 'Row: the true class; column: the predicted one',
      },
      samples_per_second: {type: 'number'},
      duration_ms: {type: 'number'},
      backend: {type: 'string'},
    },
  },
  Trial: {
    type: 'object',
    description:
      'Only what is true in its state: a waiting one has no times, a failed one no value',
    required: ['id', 'state', 'params'],
    properties: {
      id: {type: 'integer'},
      state: {type: 'string', enum: ['waiting', 'running', 'complete', 'pruned', 'failed']},
      params,
      value,
      values,
      reason: {
        type: 'object',
        description: 'Why it failed or was pruned',
        required: ['kind', 'message'],
        properties: {kind: {type: 'string'}, message: {type: 'string'}},
      },
      started_at: time('When it began'),
      duration_ms: {type: 'number'},
      ...energy,
      samples_per_second: {type: 'number'},
      backend: {type: 'string'},
      epochs: {
        type: 'array',
        description: 'The metrics after each epoch',
        items: {
          type: 'object',
          required: ['epoch'],
          properties: {epoch: {type: 'integer'}},
          additionalProperties: {type: 'number'},
        },
      },
      progress: {
        type: 'object',
        description: 'Of a running trial',
        required: ['step', 'steps', 'samples_per_second'],
        properties: {
          step: {type: 'integer'},
          steps: {type: 'integer'},
          samples_per_second: {type: 'number'},
        },
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
}
