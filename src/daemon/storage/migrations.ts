/** Documents of earlier versions in the shape of today, one step a version. */
import {z} from 'zod'

const versioned = z.looseObject({version: z.int()})

/** The document in the newest shape. What is no document of an earlier version stays as it is. */
export const migrated = (document: unknown): unknown => {
  const parsed = versioned.safeParse(document)
  const next = parsed.success ? steps[parsed.data.version]?.(document) : undefined
  return next === undefined ? document : migrated(next)
}

/** Version 1 had one objective, and one value a trial. */
const fromVersion1 = z
  .looseObject({
    study: z.looseObject({
      settings: z.looseObject({}),
      trials: z.array(z.looseObject({})),
    }),
  })
  .transform(({study, ...document}) => ({
    ...document,
    version: 2,
    study: {
      ...study,
      settings: withKey(study.settings, 'objective', 'objectives'),
      trials: study.trials.map((trial) => withKey(trial, 'value', 'values')),
    },
  }))

/** What `key` held as a list under the name `listKey`, at its old place: settings are compared as they are written. */
const withKey = (record: object, key: string, listKey: string) =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) =>
      name === key ? [listKey, [value]] : [name, value],
    ),
  )

/** By the version that they start from; undefined for a document that does not have that version's shape. */
const steps: Readonly<Record<number, (document: unknown) => unknown>> = {
  1: (document) => fromVersion1.safeParse(document).data,
}
