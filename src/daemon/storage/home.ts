/** The home folder belongs to one process at a time. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse, refuseForNow} from '../base/result.ts'

/**
 * How the Simmer before this one ended. `clean`: as asked, or there was none. `killed`: it died while the box stayed on.
 * `box-went-off`: it ran when the box lost power or was reset. `cut-off`: one of the two.
 */
const lastStops = ['clean', 'killed', 'box-went-off', 'cut-off'] as const
export type LastStop = (typeof lastStops)[number]

export interface Home {
  readonly folder: string
  readonly lastStop: LastStop
  /** Whether its disk takes files, with some room to spare. */
  readonly canBeWritten: () => boolean
  /** Lets the next process in. */
  readonly release: () => void
}

const lockSchema = z.object({
  pid: z.int().positive(),
  bootId: z.string(),
  lastStop: z.enum(lastStops).default('clean'),
})
type Lock = z.infer<typeof lockSchema>

/** Makes the folder where it is missing and takes its lock; a lock that a dead process left is taken over. */
export const openHome = (folder: string): Result<Home> => {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    accessSync(folder, constants.W_OK)
  } catch (error) {
    if (isOfTheDisk(error)) return refuseForNow(diskRefuses(folder, error))
    return refuse(
      `SIMMER_HOME: expected a folder that can be written, got ${folder} (${reasonOf(error)}). Choose another, or give this user the right to write there.`,
    )
  }
  const lock = join(folder, 'lock')
  const lastStop = lastStopOf(folder)
  const mine: Lock = {pid: process.pid, bootId: bootId(), lastStop}
  // Twice: once to find a stale lock and remove it, once to take its place.
  for (const _ of ['first', 'second']) {
    try {
      writeFileSync(lock, JSON.stringify(mine), {flag: 'wx', mode: 0o600})
      return ok({
        folder,
        lastStop,
        canBeWritten: () => canBeWritten(folder),
        release: () => rmSync(lock, {force: true}),
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // node's file errors carry a code
        if (isOfTheDisk(error)) return refuseForNow(diskRefuses(folder, error))
        return refuse(`SIMMER_HOME: ${folder} cannot be locked: ${reasonOf(error)}.`)
      }
      const pid = livingOwner(lock)
      if (pid !== undefined) return refuse(inUse(folder, pid))
      rmSync(lock, {force: true})
    }
  }
  return refuse(inUse(folder, 'another'))
}

/** Full, read-only since the kernel found it damaged, or failing: no setting is wrong. */
const isOfTheDisk = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes((error as NodeJS.ErrnoException).code ?? '')

const diskRefuses = (folder: string, error: unknown): string =>
  `Expected the disk of ${folder} to take files, but it does not (${reasonOf(error)}). Free some space; a card that has become read-only is failing: copy what is on it, and replace it.`

const roomToSpareBytes = 16e6

const canBeWritten = (folder: string): boolean => {
  const probe = join(folder, 'probe')
  try {
    const {bavail, bsize} = statfsSync(folder)
    writeFileSync(probe, 'Can this disk be written?\n', {flush: true})
    rmSync(probe)
    return bavail * bsize >= roomToSpareBytes
  } catch {
    // As was asked: it can't.
    return false
  }
}

const inUse = (folder: string, pid: number | 'another'): string =>
  `Expected to be the only Simmer that uses ${folder}, but process ${pid} has it open. Stop that one, or choose another SIMMER_HOME.`

/** How the Simmer before ended: before the one that has the folder open, or before the next one. A lock is left by an unclean end. */
export const lastStopOf = (folder: string): LastStop => {
  const file = join(folder, 'lock')
  if (!existsSync(file)) return 'clean'
  const lock = readLock(file)
  if (livingOwner(file) !== undefined) return lock?.lastStop ?? 'clean'
  if (!lock || lock.bootId === unknownBoot || bootId() === unknownBoot) return 'cut-off'
  return lock.bootId === bootId() ? 'killed' : 'box-went-off'
}

/** Undefined where it is torn by a power cut, or gone in the meantime. */
const readLock = (file: string): Lock | undefined => {
  try {
    return lockSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  } catch {
    return undefined
  }
}

/** The process that holds the lock, if it still lives in this boot of the machine. */
const livingOwner = (file: string): number | undefined => {
  const lock = readLock(file)
  if (!lock || lock.bootId !== bootId() || lock.pid === process.pid) return undefined
  try {
    process.kill(lock.pid, 0)
    return lock.pid
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? lock.pid : undefined
  }
}

const unknownBoot = 'unknown'

/** Tells one boot from the next, where the system does; process numbers start over at each. */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // macOS has none; there a stale lock is told by its dead process alone.
    return unknownBoot
  }
}
