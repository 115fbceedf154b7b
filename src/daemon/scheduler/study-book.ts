/** The studies in memory, and their way to the disk. The one place where a study changes. */
import type {StudyStorage} from '../storage/storage.ts'
import type {Study, StudyId} from '../studies/study.ts'

export interface StudyBook {
  /** In queue order. */
  readonly all: () => readonly Study[]
  readonly find: (id: string) => Study | undefined
  /** Resolves when the new study would survive a power cut. */
  readonly add: (study: Study) => Promise<void>
  /** Changes a study and resolves when the change would survive a power cut. */
  readonly commit: (id: StudyId, change: (study: Study) => Study) => Promise<Study>
  /** Changes a study in memory alone: progress that the next commit will carry along. */
  readonly note: (id: StudyId, change: (study: Study) => Study) => void
}

export const openStudyBook = (
  loaded: readonly Study[],
  storage: StudyStorage,
  onChange: (id: StudyId) => void,
): StudyBook => {
  const studies = new Map<string, Study>(loaded.map((study) => [study.id, study]))

  const set = (study: Study) => {
    studies.set(study.id, study)
    onChange(study.id)
  }
  const change = (id: StudyId, next: (study: Study) => Study): Study => {
    const study = studies.get(id)
    if (!study) throw new Error(`there is no study ${id}`)
    const changed = next(study)
    if (changed !== study) set(changed)
    return changed
  }

  return {
    all: () => [...studies.values()].sort((a, b) => a.order - b.order),
    find: (id) => studies.get(id),
    add: async (study) => {
      await storage.save(study)
      set(study)
    },
    commit: async (id, next) => {
      const changed = change(id, next)
      await storage.save(changed)
      return changed
    },
    note: (id, next) => {
      change(id, next)
    },
  }
}
