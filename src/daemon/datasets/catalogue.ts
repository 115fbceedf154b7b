/** The data sets that Simmer knows: where they live, how to check and read them, what their licenses ask. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {z} from 'zod'

const file = z.strictObject({
  name: z.string(),
  homes: z.array(z.url()),
  /** More than this is not downloaded. */
  mostBytes: z.int().positive(),
  /** More than this is not unpacked. */
  mostContentBytes: z.int().positive(),
  /**
   * The content is checked, not the wrapping, for mirrors compress anew: `md5` is of the unzipped bytes, `sha256` of the
   * list of the archive's pictures (`content.ts`).
   */
  content: z.discriminatedUnion('kind', [
    z.strictObject({kind: z.literal('gzip'), md5: z.string().length(32)}),
    z.strictObject({
      kind: z.literal('tar'),
      /** Only files whose names end so count. */
      pictures: z.string(),
      sha256: z.string().length(64),
    }),
  ]),
})

const reading = z.discriminatedUnion('kind', [
  /** Four IDX files. */
  z.strictObject({
    kind: z.literal('idx'),
    train: z.strictObject({images: z.string(), labels: z.string()}),
    test: z.strictObject({images: z.string(), labels: z.string()}),
  }),
  /** Folders `<folder>/{train,test}/<class>` of JPEG pictures in an archive. */
  z.strictObject({
    kind: z.literal('jpeg-folders'),
    archive: z.string(),
    folder: z.string(),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  /** PGM pictures in an archive whose names hold the labels: user_pose_expression_eyes.pgm. */
  z.strictObject({
    kind: z.literal('named-pgm'),
    archive: z.string(),
    /** Which part of the name is the label. */
    part: z.int().min(0).max(3),
    height: z.int().positive(),
    width: z.int().positive(),
  }),
  /** Drawn by our own code. */
  z.strictObject({kind: z.literal('rail-signals')}),
])

const family = z.strictObject({
  folder: z.string(),
  license: z.string(),
  attribution: z.string(),
  files: z.array(file),
  sets: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      classes: z.array(z.string()).min(2),
      trainCount: z.int().positive(),
      testCount: z.int().positive(),
      read: reading,
    }),
  ),
})

export type Family = z.infer<typeof family>
export type CatalogueFile = Family['files'][number]
export type CatalogueSet = Family['sets'][number]

/** Every family of `data/catalogue`, or of another folder. A mistake in the catalogue is a bug and throws. */
export const readCatalogue = (folder: string = ownCatalogue()): readonly Family[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => family.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))))

/** data/catalogue beside package.json, whether this runs from src/ or dist/. */
const ownCatalogue = (folder: string = dirname(fileURLToPath(import.meta.url))): string => {
  const here = join(folder, 'data', 'catalogue')
  return existsSync(here) ? here : ownCatalogue(dirname(folder))
}
