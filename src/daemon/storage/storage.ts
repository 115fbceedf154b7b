/** Keeps studies over restarts, kills and power cuts. */
import type {Study} from '../studies/study.ts'

export interface StudyStorage {
  /**
   * Every study that can be read, in queue order. Damage never stops the start: what is broken is kept aside and told
   * in `notices`. What a newer version of this program wrote stays as it is, in its place: `taken` has the ids.
   */
  readonly load: () => Promise<{
    readonly studies: readonly Study[]
    readonly notices: readonly string[]
    readonly taken: readonly string[]
  }>
  /** Resolves when the study would survive a power cut. Rejects when it could not be written. */
  readonly save: (study: Study) => Promise<void>
  readonly close: () => Promise<void>
}
