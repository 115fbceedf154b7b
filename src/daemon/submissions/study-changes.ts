/** What a person wants to change of a study that is there already, in the words of the study file. */
import {z} from 'zod'
import {isDeeperThan} from '../base/json.ts'
import {ok, type Result, refuse} from '../base/result.ts'
import {changeLimits, type NewLimits} from '../studies/limits.ts'
import type {Study} from '../studies/study.ts'
import {noteOn} from '../studies/transitions.ts'
import {hoursLimit, temperatureLimit, trialsLimit} from './limits.ts'
import {sentences} from './sentences.ts'

type StudyChanges = {
  /** Absent where none is to change. */
  readonly limits?: NewLimits
  readonly notes?: string
}

const schema = z.strictObject({
  budget: z.strictObject({trials: trialsLimit.nullish(), hours: hoursLimit.nullish()}).optional(),
  limits: z.strictObject({temperature_c: temperatureLimit.nullish()}).optional(),
  notes: z.string().optional(),
})

/** A problem quotes what it found, and must not run out of stack. */
const mostLevels = 8

const known = {names: Object.keys(schema.shape), what: 'something to change of a study'}

/** The changes, or one sentence for each that cannot be meant; each starts with its place. */
export const readStudyChanges = (source: unknown): Result<StudyChanges> => {
  if (isDeeperThan(mostLevels, source)) {
    return refuse('Expected the changes of a study, got lists and maps in each other without end.')
  }
  const parsed = schema.safeParse(source)
  if (!parsed.success) {
    return refuse(...parsed.error.issues.flatMap((issue) => sentences(issue, source, known)))
  }
  const {budget, limits, notes} = parsed.data
  return ok({
    ...(budget || limits ? {limits: {...budget, temperatureLimitC: limits?.temperature_c}} : {}),
    ...(notes === undefined ? {} : {notes}),
  })
}

/** The study with the changes, all of them or none. */
export const reviseStudy = (
  study: Study,
  {limits, notes}: StudyChanges,
  nowMs: number,
): Result<Study> => {
  const limited = limits ? changeLimits(study, limits, nowMs) : ok(study)
  return limited.ok && notes !== undefined ? noteOn(limited.value, notes) : limited
}
