/** Three ways to fill the form for a new study. Pure. */

export type Preset = {
  readonly name: string
  readonly title: string
  readonly about: string
  /** What differs from the untouched form. */
  readonly words: readonly (readonly [field: string, value: string])[]
  readonly alsoTuned: readonly string[]
}

export const presets: readonly Preset[] = [
  {
    name: 'quick',
    title: 'Quick look',
    about: '12 short trials: does it learn at all, and at about which learning rate?',
    words: [
      ['budget.trials', '12'],
      ['epochs.high', '3'],
      ['baseline', ''],
    ],
    alsoTuned: [],
  },
  {
    name: 'overnight',
    title: 'Overnight',
    about: '8 hours: longer trials, two settings more; what falls behind is stopped early.',
    words: [
      ['budget.trials', ''],
      ['budget.hours', '8'],
      ['epochs.high', '20'],
      ['pruner', 'asha'],
    ],
    alsoTuned: ['optimizer', 'dropout'],
  },
  {
    name: 'everything',
    title: 'Everything',
    about: 'Up to 2 days: every setting the model has; what falls behind is stopped early.',
    words: [
      ['budget.trials', '1000'],
      ['budget.hours', '48'],
      ['epochs.high', '30'],
      ['pruner', 'asha'],
    ],
    alsoTuned: [
      'optimizer',
      'weight_decay',
      'dropout',
      'width',
      'activation',
      'pooling',
      'shift',
      'flip',
    ],
  },
]

/** The words with what a preset changes. */
export const withPreset = (words: URLSearchParams, preset: Preset): URLSearchParams => {
  const changed = new URLSearchParams(words)
  for (const [field, value] of preset.words) changed.set(field, value)
  for (const name of preset.alsoTuned) changed.append('tune', name)
  return changed
}
