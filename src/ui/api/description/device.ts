/** The machine, its readings, its log, its data sets, and how another browser comes in. */
import {resolutions} from '../../../daemon/history/segments.ts'
import {historyFormats} from '../../history-download.ts'
import {listOf, numbersByName, paging, problems, ref, share, taggedAnswer} from './parts.ts'

export const devicePaths = {
  '/devices': {
    get: {
      operationId: 'listDevices',
      summary: 'This machine',
      responses: {...taggedAnswer('One device', listOf('Device')), ...problems()},
    },
  },
  '/datasets': {
    get: {
      operationId: 'listDatasets',
      summary: 'The data sets this machine knows, with their licenses',
      parameters: paging,
      responses: {...taggedAnswer('Data sets', listOf('Dataset')), ...problems()},
    },
  },
  '/pairing': {
    get: {
      operationId: 'getPairing',
      summary: 'How another browser is paired',
      responses: {
        ...taggedAnswer('The code, and where to enter it', ref('Pairing')),
        ...problems(),
      },
    },
  },
  '/telemetry': {
    get: {
      operationId: 'listReadings',
      summary: 'Readings of the last hour, newest first',
      parameters: paging,
      responses: {...taggedAnswer('Readings', listOf('Reading')), ...problems()},
    },
  },
  '/telemetry/log': {
    get: {
      operationId: 'getLog',
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
          schema: {type: 'string', enum: [...resolutions]},
        },
        {
          name: 'format',
          in: 'query',
          schema: {type: 'string', enum: [...historyFormats], default: 'ndjson'},
        },
      ],
      responses: {
        200: {
          description: 'The rows',
          content: {'application/x-ndjson': {schema: ref('LogRow')}, 'text/csv': {}},
        },
        ...problems(),
      },
    },
  },
}

export const pairingSchemas = {
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
    },
  },
}

export const deviceSchemas = {
  Device: {
    type: 'object',
    required: ['id', 'model', 'activity', 'remarks', 'reading'],
    properties: {
      id: {type: 'string'},
      model: {type: 'string'},
      kind: {type: 'string', enum: ['jetson', 'linux', 'macos', 'other']},
      l4t: {type: 'string', description: 'The L4T release of a Jetson: 32.7.1'},
      cpu: {type: 'string'},
      cores: {type: 'integer'},
      memory_bytes: {type: 'integer'},
      measures_power: {type: 'boolean'},
      passive_trip_c: {
        type: 'number',
        description: 'The lowest temperature, in °C, at which the kernel slows a processor down',
      },
      gpu_frequencies_hz: {type: 'array', items: {type: 'integer'}},
      activity: {type: 'string'},
      remarks: {
        type: 'array',
        description: 'What a person should know about it',
        items: ref('Remark'),
      },
      reading: {anyOf: [ref('Reading'), {type: 'null'}]},
    },
  },
  Remark: {
    type: 'object',
    required: ['about', 'is_good', 'text'],
    properties: {
      about: {type: 'string', enum: ['processor', 'supply', 'memory', 'last stop']},
      is_good: {type: 'boolean'},
      text: {type: 'string'},
      fix: {type: 'string', description: 'What to do about it'},
    },
  },
  Reading: {
    type: 'object',
    description: 'What could not be measured is absent.',
    required: ['at_ms', 'temperatures_c', 'powers_w', 'voltages_v', 'alarms'],
    properties: {
      at_ms: {type: 'integer'},
      temperatures_c: numbersByName('°C by zone'),
      cpu_load: share('Of all cores'),
      cpu_frequency_hz: {type: 'integer', description: 'Of the fastest core'},
      gpu_power: {type: 'string', enum: ['on', 'off']},
      gpu_load: share('Absent while the GPU is off'),
      gpu_frequency_hz: {type: 'integer'},
      gpu_max_frequency_hz: {type: 'integer', description: 'In the power mode that is set'},
      gpu_governor: {type: 'string'},
      memory_total_bytes: {type: 'integer'},
      memory_available_bytes: {type: 'integer'},
      swap_total_bytes: {type: 'integer'},
      swap_used_bytes: {type: 'integer'},
      zram_used_bytes: {type: 'integer', description: 'What compressed swap takes of the memory'},
      gpu_memory_bytes: {type: 'integer', description: 'What the GPU holds of the memory'},
      memory_pressure: share('Of the last ten seconds, in which some process waited for memory'),
      emc_load: share("Of the memory's bandwidth"),
      fan_share: share("Of the fan's full speed"),
      fan_rpm: {type: 'integer'},
      power_mode: {type: 'string'},
      powers_w: numbersByName('W by rail'),
      voltages_v: numbersByName('V by rail'),
      currents_a: numbersByName('A by rail'),
      cooling_states: numbersByName('Steps by cooling device; those at rest are left out'),
      unavailable: {
        type: 'object',
        description: 'Why a sensor that was there is not read, by its name',
        additionalProperties: {type: 'string'},
      },
      is_over_current: {type: 'boolean', description: 'Now or within the last minute'},
      alarms: {type: 'array', items: {type: 'string'}},
    },
  },
  LogRow: {
    type: 'object',
    required: ['at_ms', 'readings', 'temperatures_c', 'powers_w', 'voltages_v'],
    description: 'One second, or the means of several',
    properties: {
      at_ms: {type: 'integer', description: 'When the first of its readings was taken'},
      readings: {type: 'integer', description: 'How many readings it is the mean of'},
      temperatures_c: numbersByName('°C by zone'),
      temperatures_max_c: numbersByName('The highest of its readings, where there are several'),
      powers_w: numbersByName('W by rail'),
      voltages_v: numbersByName('V by rail'),
      cpu_load: share('Of all cores'),
      gpu_load: share('Of the GPU'),
      emc_load: share("Of the memory's bandwidth"),
      cpu_frequency_hz: {type: 'number'},
      gpu_frequency_hz: {type: 'number'},
      memory_available_bytes: {type: 'number'},
      memory_total_bytes: {type: 'number'},
      gpu_memory_bytes: {type: 'number'},
      swap_used_bytes: {type: 'number'},
      memory_pressure: share('Of the last ten seconds, in which some process waited for memory'),
      fan_share: share("Of the fan's full speed"),
      power_mode: {type: 'string'},
      micro_batch: {type: 'number'},
      duty: share('Of the time that was spent computing'),
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
  Dataset: {
    type: 'object',
    required: ['name', 'title', 'classes', 'train_count', 'license', 'state'],
    properties: {
      name: {type: 'string'},
      title: {type: 'string'},
      classes: {type: 'array', items: {type: 'string'}},
      train_count: {type: 'integer', description: 'Pictures to train with'},
      license: {type: 'string'},
      state: {type: 'string', enum: ['ready', 'not-downloaded']},
    },
  },
}
