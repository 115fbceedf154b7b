/** Every study in a document and a folder of its own, held by lowdb over the journal. */
import {basename, join} from 'node:path'
import {Low} from 'lowdb'
import type {Json} from '../base/json.ts'
import {reasonOf} from '../base/log.ts'
import type {Study} from '../studies/study.ts'
import {type FileSystem, realFileSystem} from './file-system.ts'
import {type JournalAdapter, openJournalAdapter} from './journal-adapter.ts'
import type {StudyStorage} from './storage.ts'
import {documentOf, newerVersionOf, type StudyDocument, studyInDocument} from './stored-study.ts'

/** A study holds JSON values alone; TypeScript cannot see that of an interface with optional fields. */
type StoredDocument = StudyDocument & Json

type Loaded = {
  readonly study?: Study
  /** An id that is in use by a study that cannot be shown. */
  readonly taken?: string
  readonly notices: readonly string[]
}

type OpenStudy = {
  readonly database: Low<StoredDocument | null>
  readonly adapter: JournalAdapter<StoredDocument | null>
}

/** Keeps studies in `folder`. One process at a time may do so (`home.ts` sees to it). */
export const openStudyStore = (
  folder: string,
  files: FileSystem = realFileSystem,
): StudyStorage => {
  const open = new Map<string, OpenStudy>()

  const openStudy = (name: string): OpenStudy => {
    const adapter = openJournalAdapter<StoredDocument | null>(join(folder, name), files)
    const opened = {adapter, database: new Low<StoredDocument | null>(adapter, null)}
    open.set(name, opened)
    return opened
  }

  /** A study in its folder, or a notice of why there is none; what does not fit is set aside under another name. */
  const loadStudy = async (name: string): Promise<Loaded> => {
    const {database, adapter} = openStudy(name)
    await database.read()
    const newer = newerVersionOf(database.data)
    if (newer !== undefined) {
      await adapter.close()
      open.delete(name)
      return {
        taken: name,
        notices: [
          `The study ${name} was written by a newer Simmer (its form is ${newer}) and is left as it is. Update Simmer to see it.`,
        ],
      }
    }
    const study = studyInDocument(database.data)
    if (study.ok && study.value.id === name) {
      return {study: study.value, notices: adapter.notices()}
    }
    if (database.data === null && adapter.notices().length === 0) {
      // Its first writing was cut off before it was acknowledged.
      open.delete(name)
      await files.remove(join(folder, name))
      return {notices: []}
    }
    const why = study.ok ? `it calls itself ${study.value.id}` : study.problems.join(' ')
    await adapter.close()
    open.delete(name)
    return {notices: [...adapter.notices(), await setAside(folder, name, why, files)]}
  }

  return {
    load: async () => {
      await files.makeFolder(folder)
      const names = (await files.list(folder)).filter((name) => /^[a-z0-9][a-z0-9-]*$/.test(name))
      const loaded = await Promise.all(names.map(loadStudy))
      return {
        studies: loaded.flatMap(({study}) => study ?? []).sort((a, b) => a.order - b.order),
        notices: loaded.flatMap(({notices}) => notices),
        taken: loaded.flatMap(({taken}) => taken ?? []),
      }
    },
    save: async (study) => {
      const isNew = !open.has(study.id)
      const {database} = open.get(study.id) ?? openStudy(study.id)
      database.data = documentOf(study) as StoredDocument // see StoredDocument
      await database.write()
      if (isNew) await files.syncFolder(folder)
    },
    close: async () => {
      await Promise.all([...open.values()].map(({adapter}) => adapter.close()))
      open.clear()
    },
  }
}

const setAside = async (
  folder: string,
  name: string,
  why: string,
  files: FileSystem,
): Promise<string> => {
  const names = await files.list(folder)
  let count = 1
  while (names.includes(`${name}.damaged-${count}`)) count++
  const aside = join(folder, `${name}.damaged-${count}`)
  try {
    await files.rename(join(folder, name), aside)
    return `The study ${name} could not be read (${why}); its files are kept in ${basename(aside)}.`
  } catch (error) {
    return `The study ${name} could not be read (${why}), nor set aside: ${reasonOf(error)}.`
  }
}
