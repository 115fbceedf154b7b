/** The `pruner` of a study file: a name, or an object with the name and settings of its own. */
import {ok, type Result, refuse} from '../base/result.ts'
import {type Pruner, type PrunerChoice, prunerChoices} from '../pruners/pruner.ts'

/** The pruner that is meant; undefined for none. */
export const readPruner = (source: unknown): Result<Pruner | undefined> => {
  const {name, ...settings} = isObject(source) ? source : {name: source}
  const choice = prunerChoices.find((one) => one === name)
  if (!choice) {
    const place = isObject(source) ? 'pruner.name' : 'pruner'
    const names = prunerChoices.join(', ')
    return refuse(`${place}: expected one of ${names}, got ${JSON.stringify(name) ?? 'nothing'}.`)
  }
  const problems = Object.entries(settings).flatMap(([key, value]) =>
    problemsOf(choice, key, value),
  )
  return problems.length ? refuse(...problems) : ok(prunerOf(choice, settings))
}

type Setting = {readonly least: number; readonly most: number; readonly usual: number}

/**
 * Optuna's defaults but for two: η is 3 as in Hyperband rather than 4, for trials here have few epochs; and the median
 * rule passes over the first epoch, which says little.
 */
const settingsOf: Readonly<Record<PrunerChoice, Readonly<Record<string, Setting>>>> = {
  none: {},
  asha: {
    min_epochs: {least: 1, most: 1000, usual: 1},
    reduction: {least: 2, most: 100, usual: 3},
  },
  median: {
    startup_trials: {least: 1, most: 10_000, usual: 5},
    warmup_epochs: {least: 0, most: 1000, usual: 1},
  },
}

const problemsOf = (choice: PrunerChoice, key: string, value: unknown): readonly string[] => {
  const known = settingsOf[choice]
  const setting = Object.hasOwn(known, key) ? known[key] : undefined
  if (!setting) {
    const names = Object.keys(known).join(' and ') || 'no settings'
    return [`pruner.${key}: not a setting of the pruner ${choice}. It takes ${names}.`]
  }
  const {least, most} = setting
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
    ? []
    : [
        `pruner.${key}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(value)}.`,
      ]
}

const prunerOf = (
  choice: PrunerChoice,
  written: Readonly<Record<string, unknown>>,
): Pruner | undefined => {
  const value = (key: string) => Number(written[key] ?? settingsOf[choice][key].usual)
  switch (choice) {
    case 'none':
      return undefined
    case 'asha':
      return {name: 'asha', minEpochs: value('min_epochs'), reduction: value('reduction')}
    case 'median':
      return {
        name: 'median',
        startupTrials: value('startup_trials'),
        warmupEpochs: value('warmup_epochs'),
      }
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
