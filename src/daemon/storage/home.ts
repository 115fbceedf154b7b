/** The home folder belongs to one process at a time. */
import {accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {z} from 'zod'
import {reasonOf} from '../base/log.ts'
import {ok, type Result, refuse} from '../base/result.ts'

export interface Home {
  readonly folder: string
  /** Lets the next process in. */
  readonly release: () => void
}

const owner = z.object({pid: z.int().positive(), bootId: z.string()})

/** Makes the folder where it is missing and takes its lock; a lock that a dead process left is taken over. */
export const openHome = (folder: string): Result<Home> => {
  try {
    mkdirSync(folder, {recursive: true, mode: 0o700})
    accessSync(folder, constants.W_OK)
  } catch (error) {
    return refuse(
      `SIMMER_HOME: expected a folder that can be written, got ${folder} (${reasonOf(error)}). Choose another, or give this user the right to write there.`,
    )
  }
  const lock = join(folder, 'lock')
  const mine = JSON.stringify({pid: process.pid, bootId: bootId()})
  // Twice: once to find a stale lock and remove it, once to take its place.
  for (const _ of ['first', 'second']) {
    try {
      writeFileSync(lock, mine, {flag: 'wx', mode: 0o600})
      return ok({folder, release: () => rmSync(lock, {force: true})})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        // node's file errors carry a code
        return refuse(`SIMMER_HOME: ${folder} cannot be locked: ${reasonOf(error)}.`)
      }
      const pid = livingOwner(lock)
      if (pid !== undefined) return refuse(inUse(folder, pid))
      rmSync(lock, {force: true})
    }
  }
  return refuse(inUse(folder, 'another'))
}

const inUse = (folder: string, pid: number | 'another'): string =>
  `Expected to be the only Simmer that uses ${folder}, but process ${pid} has it open. Stop that one, or choose another SIMMER_HOME.`

/** The process that holds the lock, if it still lives in this boot of the machine. */
const livingOwner = (lock: string): number | undefined => {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(lock, 'utf8'))
  } catch {
    // Torn by a power cut, or gone in the meantime: nobody holds it.
    return undefined
  }
  const parsed = owner.safeParse(content)
  if (!parsed.success || parsed.data.bootId !== bootId() || parsed.data.pid === process.pid) {
    return undefined
  }
  try {
    process.kill(parsed.data.pid, 0)
    return parsed.data.pid
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? parsed.data.pid : undefined
  }
}

/** Tells one boot from the next, where the system does; process numbers start over at each. */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    // macOS has none; there a stale lock is told by its dead process alone.
    return 'unknown'
  }
}
