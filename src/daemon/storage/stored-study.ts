/** The shape of a study on disk, checked when it is loaded. */
import {z} from 'zod'
import {ok, type Result, refuse} from '../base/result.ts'
import type {Study} from '../studies/study.ts'
import {migrated} from './migrations.ts'

/**
 * Raised with every change of the shape; older documents then get a migration (`migrations.ts`). What an older program
 * neither needs nor loses, for it carries along what it doesn't know (`notes`, `limitChanges`), is no change.
 */
export const version = 2

const finite = z.number()
const params = z.record(z.string(), z.unknown())
const epochs = z.array(z.object({epoch: finite, metrics: z.record(z.string(), finite)}))
const point = z.record(z.string(), finite)
const trialBase = {id: z.int().min(0), point, params}
const ended = {startedAtMs: finite, durationMs: finite, epochs}

const trial = z.discriminatedUnion('state', [
  z.looseObject({...trialBase, state: z.literal('waiting')}),
  z.looseObject({...trialBase, state: z.literal('running'), startedAtMs: finite, epochs}),
  z.looseObject({
    ...trialBase,
    ...ended,
    state: z.literal('complete'),
    values: z.array(finite).min(1),
    samplesPerSecond: finite,
    backend: z.string(),
  }),
  z.looseObject({
    ...trialBase,
    ...ended,
    state: z.literal('pruned'),
    values: z.array(finite).min(1),
    reason: z.object({kind: z.string(), message: z.string()}),
  }),
  z.looseObject({
    ...trialBase,
    ...ended,
    state: z.literal('failed'),
    reason: z.object({kind: z.string(), message: z.string()}),
  }),
])

const schema = z.object({
  version: z.literal(version),
  study: z.looseObject({
    id: z.string().min(1),
    order: finite,
    settings: z.looseObject({
      name: z.string(),
      task: z.looseObject({kind: z.enum(['model', 'command'])}),
      space: z.looseObject({parameters: z.array(z.looseObject({label: z.string()}))}),
      optimizer: z.string(),
      first: z.array(point).optional(),
      objectives: z
        .array(z.object({metric: z.string(), goal: z.enum(['maximize', 'minimize'])}))
        .min(1),
      budget: z.object({trials: finite.optional(), hours: finite.optional()}),
      seed: finite,
      pruner: z.looseObject({name: z.enum(['asha', 'median'])}).optional(),
      parallel: finite,
    }),
    state: z.enum(['queued', 'running', 'paused', 'complete', 'failed', 'canceled']),
    createdAtMs: finite,
    activeMs: finite,
    trials: z.array(trial),
    notes: z.string().optional(),
    limitChanges: z
      .array(
        z.object({
          atMs: finite,
          trial: finite,
          before: z.record(z.string(), finite),
          after: z.record(z.string(), finite),
        }),
      )
      .optional(),
  }),
})

export type StudyDocument = {readonly version: number; readonly study: Study}

export const documentOf = (study: Study): StudyDocument => ({version, study})

/** The version of a document that only a later program can read; undefined for all others. */
export const newerVersionOf = (stored: unknown): number | undefined => {
  const parsed = z.looseObject({version: z.int().min(version + 1)}).safeParse(stored)
  return parsed.data?.version
}

/** The study in a document of this version or an earlier one, or what about it does not fit. */
export const studyInDocument = (stored: unknown): Result<Study> => {
  const document = migrated(stored)
  const parsed = schema.safeParse(document)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return refuse(
      `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'unknown shape'}`,
    )
  }
  // The schema checks what the engine counts on; the rest was written by this program.
  return ok((document as StudyDocument).study)
}
