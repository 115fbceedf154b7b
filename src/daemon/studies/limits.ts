/** The limits of a study that may still change once it is queued, and what that does to it. Pure. */
import {ok, type Result, refuse} from '../base/result.ts'
import type {Limits, Study, StudySettings} from './study.ts'
import {hasEnded, mayStartAnother} from './summary.ts'
import {isFinished} from './transitions.ts'

/** What a limit shall be: `null` for none, absent where it stays. */
export type NewLimits = {readonly [name in keyof Limits]?: number | null}

export const limitsOfStudy = ({budget, temperatureLimitC}: StudySettings): Limits => ({
  ...budget,
  ...(temperatureLimitC === undefined ? {} : {temperatureLimitC}),
})

/**
 * Gives an unfinished study other limits, never below what it has done. Later suggestions plan with the new number of
 * trials, so the study remembers from which trial on it held.
 */
export const changeLimits = (study: Study, wanted: NewLimits, nowMs: number): Result<Study> => {
  const before = limitsOfStudy(study.settings)
  const after = withNew(before, wanted)
  if (isSame(before, after)) return ok(study)
  const problems = problemsWith(study, before, after)
  if (problems.length) return refuse(...problems)
  const {temperatureLimitC: _, ...settings} = study.settings
  const {temperatureLimitC, ...budget} = after
  return ok({
    ...study,
    settings: {
      ...settings,
      budget,
      ...(temperatureLimitC === undefined ? {} : {temperatureLimitC}),
    },
    limitChanges: [
      ...(study.limitChanges ?? []),
      {atMs: nowMs, trial: study.trials.length, before, after},
    ],
  })
}

/** Each problem starts with the limit's place in a study file. */
const problemsWith = (study: Study, before: Limits, after: Limits): readonly string[] => {
  if (isFinished(study)) {
    return [
      `Expected an unfinished study to change the limits of, but ${study.id} is ${study.state}. Duplicate it to try more.`,
    ]
  }
  const {trials, hours} = after
  const isBudgetSame = trials === before.trials && hours === before.hours
  if (!isBudgetSame && isInFinalTest(study)) {
    return [
      `budget: expected a study that still tries settings, but ${study.id} is at its final test. Duplicate it to try more.`,
    ]
  }
  const begun = study.trials.length
  const trainedHours = study.activeMs / 3_600_000
  return [
    ...(trials === undefined && hours === undefined
      ? ['budget: expected `trials`, `hours` or both, got neither. Say when the study should end.']
      : []),
    ...(trials !== undefined && trials < begun
      ? [`budget.trials: expected ${begun} or more, for so many have begun, got ${trials}.`]
      : []),
    ...(hours !== undefined && hours < trainedHours
      ? [
          `budget.hours: expected ${Math.ceil(trainedHours * 100) / 100} or more, for so long it has trained, got ${hours}.`,
        ]
      : []),
  ]
}

/** Scored settings are not scored again, so trials that came after the score would not count. */
const isInFinalTest = (study: Study): boolean =>
  study.score !== undefined ||
  (study.state === 'running' && !mayStartAnother(study) && study.trials.every(hasEnded))

const withNew = (before: Limits, wanted: NewLimits): Limits =>
  Object.fromEntries(
    limitNames.flatMap((name) => {
      const value = wanted[name] === undefined ? before[name] : wanted[name]
      return value === undefined || value === null ? [] : [[name, value]]
    }),
  )

const isSame = (a: Limits, b: Limits): boolean => limitNames.every((name) => a[name] === b[name])

const limitNames = ['trials', 'hours', 'temperatureLimitC'] as const
