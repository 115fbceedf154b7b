/**
 * A lowdb adapter whose acknowledged writes survive a kill and a power cut: one folder a document, in it a snapshot and
 * a journal of the changes since. It never overwrites what it can still need, and never throws on damage.
 */
import {join} from 'node:path'
import type {Adapter} from 'lowdb'
import type {Json} from '../base/json.ts'
import {reasonOf} from '../base/log.ts'
import {checkedLine, readCheckedLines} from './checked-line.ts'
import {applyChanges, type Change, difference} from './difference.ts'
import type {AppendFile, FileSystem} from './file-system.ts'

export interface JournalAdapter<T extends Json> extends Adapter<T> {
  /** What a person should know of damage that was found and set aside. */
  readonly notices: () => readonly string[]
  readonly close: () => Promise<void>
}

/** A journal longer than this and than its snapshot gives way to a new snapshot. */
const smallestJournalToFold = 64 * 1024

/**
 * Opens the document in `folder`. `write` resolves when the document would survive a power cut; after the first write
 * that the disk refused every later one rejects, for a retry may seem to work and lie.
 */
export const openJournalAdapter = <T extends Json>(
  folder: string,
  files: FileSystem,
  foldBytes: number = smallestJournalToFold,
): JournalAdapter<T> => {
  const notices: string[] = []
  let written: T | null = null
  let generation = 0
  let journal: AppendFile | undefined
  let journalBytes = 0
  let snapshotBytes = 0
  let broken: unknown
  let queue: Promise<unknown> = Promise.resolve()

  const temporaryFile = () => join(folder, `snapshot-${generation + 1}.tmp`)
  const fileOf = (kind: 'snapshot' | 'journal', number: number) =>
    join(folder, `${kind}-${number}${kind === 'snapshot' ? '.json' : '.log'}`)

  /** The files of a new generation: the whole document, and an empty journal after it. Nothing counts on them yet. */
  const prepareSnapshot = async (document: T): Promise<string> => {
    const line = checkedLine(document)
    await files.makeFolder(folder)
    await files.writeSynced(temporaryFile(), line)
    await files.writeSynced(fileOf('journal', generation + 1), '')
    return line
  }

  /** From the rename on the new generation counts. Then the one before last may go. */
  const switchToSnapshot = async (line: string) => {
    const next = generation + 1
    await files.rename(temporaryFile(), fileOf('snapshot', next))
    await files.syncFolder(folder)
    const opened = await files.openForAppend(fileOf('journal', next))
    await journal?.close()
    journal = opened
    generation = next
    journalBytes = 0
    snapshotBytes = line.length
    await files.remove(fileOf('snapshot', next - 2))
    await files.remove(fileOf('journal', next - 2))
  }

  const appendChanges = async (open: AppendFile, changes: readonly Change[]) => {
    // A change is JSON but for an absent `value`, which JSON leaves out as meant.
    const line = checkedLine(changes as unknown as Json)
    await open.append(line)
    await open.sync()
    journalBytes += line.length
  }

  const write = async (document: T) => {
    if (broken !== undefined) {
      throw new Error(`nothing is written any more, since the disk refused: ${reasonOf(broken)}`)
    }
    await orBreak(async () => {
      if (written === null || journal === undefined) {
        await switchToSnapshot(await prepareSnapshot(document))
      } else {
        const changes = difference(written, document)
        if (changes.length > 0) await appendChanges(journal, changes)
      }
    })
    written = document
    if (journalBytes > Math.max(foldBytes, snapshotBytes)) await fold(document)
  }

  const orBreak = async (task: () => Promise<void>) => {
    try {
      await task()
    } catch (error) {
      broken = error
      throw error
    }
  }

  /** The changes are safe already: a snapshot that can't be prepared is told, and tried again after the next change. */
  const fold = async (document: T) => {
    let line: string
    try {
      line = await prepareSnapshot(document)
    } catch (error) {
      notices.push(`${folder}: a snapshot could not be written: ${reasonOf(error)}.`)
      return
    }
    await orBreak(() => switchToSnapshot(line))
  }

  const read = async (): Promise<T | null> => {
    const recovered = await recover(folder, files)
    notices.push(...recovered.notices)
    // Only our own documents are written here; whoever opens the folder checks their shape.
    written = recovered.document as T | null
    generation = recovered.newestGeneration
    if (recovered.journalToContinue !== undefined) {
      journal = await files.openForAppend(fileOf('journal', recovered.journalToContinue))
      // A kill may have come between the renaming of a snapshot and the syncing of its name.
      await files.syncFolder(folder)
      generation = recovered.journalToContinue
      journalBytes = recovered.journalBytes
    }
    return written
  }

  const inTurn = <R>(task: () => Promise<R>): Promise<R> => {
    const result = queue.then(task)
    queue = result.catch(() => {})
    return result
  }

  return {
    read: () => inTurn(read),
    write: (document) => inTurn(() => write(document)),
    notices: () => notices,
    close: () =>
      inTurn(async () => {
        await journal?.close()
        journal = undefined
      }),
  }
}

type Recovered = {
  readonly document: Json
  readonly notices: readonly string[]
  readonly newestGeneration: number
  /** The journal that further changes may be appended to; absent where a new snapshot is due. */
  readonly journalToContinue?: number
  readonly journalBytes: number
}

/**
 * The newest snapshot that is whole, with every journal from there on replayed up to the first bad line. Bad bytes are
 * copied aside and cut off.
 */
const recover = async (folder: string, files: FileSystem): Promise<Recovered> => {
  const names = await files.list(folder)
  const snapshots = numbersOf(names, /^snapshot-(\d+)\.json$/)
  const journals = numbersOf(names, /^journal-(\d+)\.log$/).reverse()
  const newestGeneration = Math.max(0, ...snapshots, ...journals)
  const notices: string[] = []

  for (const base of snapshots) {
    const file = join(folder, `snapshot-${base}.json`)
    const snapshot = readCheckedLines(await readOrEmpty(files, file)).values[0]
    if (snapshot === undefined) {
      notices.push(`${file} is damaged; it is left as it is, and the snapshot before it is used.`)
      continue
    }
    const replayed = await replay(
      folder,
      files,
      snapshot,
      journals.filter((number) => number >= base),
    )
    notices.push(...replayed.notices)
    const isSound = base === newestOf(snapshots) && replayed.isWhole
    return {
      document: replayed.document,
      notices,
      newestGeneration,
      journalBytes: replayed.bytes,
      ...(isSound ? {journalToContinue: base} : {}),
    }
  }
  if (snapshots.length === 0 && (await hasContent(folder, files, journals))) {
    notices.push(`${folder} holds changes, but not the document that they change.`)
  }
  return {document: null, notices, newestGeneration, journalBytes: 0}
}

const hasContent = async (
  folder: string,
  files: FileSystem,
  journals: readonly number[],
): Promise<boolean> => {
  for (const number of journals) {
    if ((await readOrEmpty(files, join(folder, `journal-${number}.log`))).length > 0) return true
  }
  return false
}

const replay = async (
  folder: string,
  files: FileSystem,
  snapshot: Json,
  journals: readonly number[],
): Promise<{
  readonly document: Json
  readonly notices: readonly string[]
  readonly bytes: number
  readonly isWhole: boolean
}> => {
  let document = snapshot
  let bytes = 0
  for (const number of journals) {
    const file = join(folder, `journal-${number}.log`)
    const content = await readOrEmpty(files, file)
    const {values, goodBytes} = readCheckedLines(content)
    // Whoever wrote the lines with a right checksum was this adapter.
    for (const changes of values) document = applyChanges(document, changes as unknown as Change[])
    bytes += goodBytes
    if (goodBytes === content.length) continue
    const aside = join(folder, `damaged-journal-${number}-at-${goodBytes}.log`)
    await files.writeSynced(aside, content.subarray(goodBytes))
    await files.cutOff(file, goodBytes)
    const isLast = number === newestOf(journals)
    return {
      document,
      bytes,
      // A torn end is what a power cut leaves; nothing in it was ever acknowledged.
      isWhole: isLast,
      notices: [
        `${file} had ${content.length - goodBytes} unreadable bytes at its end; they are kept in ${aside}, and work goes on from what came before.`,
      ],
    }
  }
  return {document, notices: [], bytes, isWhole: true}
}

const readOrEmpty = async (files: FileSystem, file: string): Promise<Buffer> => {
  try {
    return await files.read(file)
  } catch {
    // A file that cannot be read is as good as damaged, and is reported as that.
    return Buffer.alloc(0)
  }
}

/** Newest first. */
const numbersOf = (names: readonly string[], pattern: RegExp): number[] =>
  names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)

const newestOf = (numbers: readonly number[]): number => Math.max(0, ...numbers)
