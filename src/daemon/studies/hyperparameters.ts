/** What may be tuned of the LeNet-5, with the setting that a textbook would start from. */
import {ok, type Result, refuse} from '../base/result.ts'

/** One complete setting of the model and its training. */
export type LenetSetting = {
  readonly optimizer: 'sgd' | 'adam' | 'rmsprop'
  /** Learning rate. */
  readonly lr: number
  /** Of sgd and rmsprop, 0–1. */
  readonly momentum: number
  /** Decay of Adam's first moment, 0–1. */
  readonly beta1: number
  readonly epochs: number
  readonly batch: number
  /** L2 penalty added to the gradient of every weight (not of biases). */
  readonly weightDecay: number
  /** Share of the units dropped before each of the last two dense layers, 0–0.9. */
  readonly dropout: number
  /** Multiplies the number of filters and units: 1 is LeNet-5. */
  readonly width: number
  readonly activation: 'relu' | 'tanh' | 'sigmoid'
  readonly pooling: 'max' | 'average'
  /** Augmentation: random shift of up to this many pixels each way. */
  readonly shift: number
  /** Augmentation: mirror half of the pictures. */
  readonly flip: boolean
}

type Kind =
  | {readonly kind: 'number'; readonly low: number; readonly high: number}
  | {readonly kind: 'whole'; readonly low: number; readonly high: number}
  | {readonly kind: 'word'; readonly words: readonly string[]}
  | {readonly kind: 'flag'}

export type Hyperparameter = {
  /** The name in study files. */
  readonly name: string
  readonly field: keyof LenetSetting
  readonly about: string
  readonly allowed: Kind
}

const number = (low: number, high: number): Kind => ({kind: 'number', low, high})
const whole = (low: number, high: number): Kind => ({kind: 'whole', low, high})
const word = (...words: readonly string[]): Kind => ({kind: 'word', words})

/** Every name that a lenet5 study's space may hold. */
export const lenetHyperparameters: readonly Hyperparameter[] = [
  {name: 'lr', field: 'lr', about: 'learning rate', allowed: number(1e-7, 10)},
  {
    name: 'optimizer',
    field: 'optimizer',
    about: 'update rule',
    allowed: word('sgd', 'adam', 'rmsprop'),
  },
  {
    name: 'momentum',
    field: 'momentum',
    about: 'momentum of sgd and rmsprop',
    allowed: number(0, 1),
  },
  {
    name: 'beta1',
    field: 'beta1',
    about: "decay of Adam's first moment",
    allowed: number(0, 0.9999),
  },
  {name: 'epochs', field: 'epochs', about: 'passes over the training set', allowed: whole(1, 1000)},
  {name: 'batch', field: 'batch', about: 'pictures in one step', allowed: whole(1, 4096)},
  {name: 'weight_decay', field: 'weightDecay', about: 'L2 penalty', allowed: number(0, 1)},
  {
    name: 'dropout',
    field: 'dropout',
    about: 'share of dense units dropped',
    allowed: number(0, 0.9),
  },
  {
    name: 'width',
    field: 'width',
    about: 'filters and units as a multiple of LeNet-5',
    allowed: number(0.25, 8),
  },
  {
    name: 'activation',
    field: 'activation',
    about: 'activation function',
    allowed: word('relu', 'tanh', 'sigmoid'),
  },
  {name: 'pooling', field: 'pooling', about: 'pooling', allowed: word('max', 'average')},
  {name: 'shift', field: 'shift', about: 'random shift in pixels', allowed: whole(0, 8)},
  {name: 'flip', field: 'flip', about: 'mirror half of the pictures', allowed: {kind: 'flag'}},
]

/** Plain SGD at 0.01, as a first attempt would be. */
export const defaultLenetSetting: LenetSetting = {
  optimizer: 'sgd',
  lr: 0.01,
  momentum: 0,
  beta1: 0.9,
  epochs: 5,
  batch: 64,
  weightDecay: 0,
  dropout: 0,
  width: 1,
  activation: 'relu',
  pooling: 'max',
  shift: 0,
  flip: false,
}

/**
 * A trial's params as a complete setting; what they do not mention keeps its default. A choice's option may be a group
 * that names itself, as in `{"optimizer": {"name": "adam", "beta1": 0.9}}`: its other entries count as if they stood
 * at the top. Refuses unknown names and values that the model cannot use, one sentence each.
 */
export const lenetSettingOf = (params: Readonly<Record<string, unknown>>): Result<LenetSetting> => {
  const problems: string[] = []
  const setting: Record<string, unknown> = {...defaultLenetSetting}
  for (const [name, value] of Object.entries(flattened(params))) {
    const known = lenetHyperparameters.find((one) => one.name === name)
    if (!known) {
      const names = lenetHyperparameters.map((one) => one.name).join(', ')
      problems.push(`\`${name}\` is not something lenet5 can tune. It takes ${names}.`)
    } else if (!isAllowed(known.allowed, value)) {
      problems.push(
        `Expected \`${name}\` to be ${allowedWords(known.allowed)}, got ${JSON.stringify(value)}.`,
      )
    } else {
      setting[known.field] = value
    }
  }
  // Every entry was checked against the table above, whose fields are LenetSetting's.
  return problems.length ? refuse(...problems) : ok(setting as LenetSetting)
}

const flattened = (params: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const flat: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    if (isGroup(value)) {
      const {name: own, ...rest} = value
      if (own !== undefined) flat[name] = own
      Object.assign(flat, flattened(rest))
    } else {
      flat[name] = value
    }
  }
  return flat
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isAllowed = (allowed: Kind, value: unknown): boolean => {
  switch (allowed.kind) {
    case 'number':
      return typeof value === 'number' && value >= allowed.low && value <= allowed.high
    case 'whole':
      return (
        Number.isInteger(value) && Number(value) >= allowed.low && Number(value) <= allowed.high
      )
    case 'word':
      return typeof value === 'string' && allowed.words.includes(value)
    case 'flag':
      return typeof value === 'boolean'
  }
}

const allowedWords = (allowed: Kind): string => {
  switch (allowed.kind) {
    case 'number':
      return `a number from ${allowed.low} to ${allowed.high}`
    case 'whole':
      return `a whole number from ${allowed.low} to ${allowed.high}`
    case 'word':
      return `one of ${allowed.words.join(', ')}`
    case 'flag':
      return 'true or false'
  }
}
