const byName = (description: string) => ({
  type: 'object',
  description,
  additionalProperties: {type: 'number'},
})

const share = (description: string) => ({type: 'number', minimum: 0, maximum: 1, description})

/** The machine and its readings, for the description of the API. */
export const deviceSchemas = {
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
  Device: {
    type: 'object',
    required: ['id', 'model', 'activity', 'remarks'],
    properties: {
      id: {type: 'string'},
      model: {type: 'string'},
      kind: {enum: ['jetson', 'linux', 'macos', 'other']},
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
        items: {$ref: '#/components/schemas/Remark'},
      },
      reading: {anyOf: [{$ref: '#/components/schemas/Reading'}, {type: 'null'}]},
    },
  },
  Reading: {
    type: 'object',
    description: 'What could not be measured is absent.',
    required: ['at_ms', 'temperatures_c', 'powers_w', 'voltages_v', 'alarms'],
    properties: {
      at_ms: {type: 'integer'},
      temperatures_c: byName('°C by zone'),
      cpu_load: share('Of all cores'),
      cpu_frequency_hz: {type: 'integer', description: 'Of the fastest core'},
      gpu_power: {enum: ['on', 'off']},
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
      powers_w: byName('W by rail'),
      voltages_v: byName('V by rail'),
      currents_a: byName('A by rail'),
      cooling_states: byName('Steps by cooling device; those at rest are left out'),
      unavailable: {
        type: 'object',
        description: 'Why a sensor that was there is not read, by its name',
        additionalProperties: {type: 'string'},
      },
      is_over_current: {type: 'boolean', description: 'Now or within the last minute'},
      alarms: {type: 'array', items: {type: 'string'}},
    },
  },
}
