/** How much memory processes hold, swapped out or not. Undefined where the system does not tell. */
import {execFile} from 'node:child_process'
import {readdir, readFile} from 'node:fs/promises'

/** Looks at one process. */
export const memoryOfProcess = async (pid: number): Promise<number | undefined> =>
  process.platform === 'linux' ? residentBytes(pid) : sumOf(await listed(['-p', String(pid)]))

/** To go through all processes of a machine takes a hundred times as long as to look at one. */
const looksPerSearch = 5

/**
 * Looks, each time it is called, at a process, its session and its descendants together; who they are is found out anew at
 * each fifth look. What they share is counted once for each, unless that comes to more than `limitBytes`: then by the
 * kernel's own fair shares, which take it longer to add up.
 */
export const memoryOfSession = (
  leader: number,
): ((limitBytes: number) => Promise<number | undefined>) => {
  let looks = 0
  let members: readonly number[] = []
  return async (limitBytes) => {
    if (process.platform !== 'linux') {
      const all = await listed(['-A'])
      return all && sumOf(all.filter(({pid}) => membersOf(leader, all).has(pid)))
    }
    if (looks++ % looksPerSearch === 0) members = [...membersOf(leader, await readProcesses())]
    const bytes = sum(await Promise.all(members.map(residentBytes)))
    if (bytes === undefined || bytes <= limitBytes || members.length < 2) return bytes
    const shares = members.map(async (pid) => (await fairBytes(pid)) ?? residentBytes(pid))
    return sum(await Promise.all(shares))
  }
}

type Process = {
  readonly pid: number
  readonly parent: number
  /** Its session, or where that is not told its group, by the number of the leader. */
  readonly leader: number
}

/** The process of that number, those that it leads, and all descendants of any of them. */
const membersOf = (leader: number, all: readonly Process[]): ReadonlySet<number> => {
  const members = new Set<number>()
  for (let before = -1; before < members.size; ) {
    before = members.size
    for (const {pid, parent, leader: its} of all) {
      if (pid === leader || its === leader || members.has(parent)) members.add(pid)
    }
  }
  return members
}

const readProcesses = async (): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid): Promise<readonly Process[]> => {
      // A name in parentheses may hold anything, so what counts is read from behind the last one.
      const [, parent, , session] = ((await textOf(`/proc/${pid}/stat`)) ?? '')
        .replace(/^.*\) /s, '')
        .split(' ')
      return session === undefined
        ? []
        : [{pid: Number(pid), parent: Number(parent), leader: Number(session)}]
    }),
  )
  return found.flat()
}

const residentBytes = async (pid: number): Promise<number | undefined> =>
  kilobytes((await textOf(`/proc/${pid}/status`)) ?? '', /^(?:VmRSS|VmSwap):\s*(\d+) kB$/gm)

/** What is shared is divided among those who share it. Kernels before 4.14 have the long list alone. */
const fairBytes = async (pid: number): Promise<number | undefined> => {
  const text = (await textOf(`/proc/${pid}/smaps_rollup`)) ?? (await textOf(`/proc/${pid}/smaps`))
  return kilobytes(text ?? '', /^(?:Pss|SwapPss):\s*(\d+) kB$/gm)
}

const kilobytes = (text: string, lines: RegExp): number | undefined =>
  sum([...text.matchAll(lines)].map(([, found]) => 1024 * Number(found)))

/** The file's text; undefined where its process is gone, or is not ours to look into. */
const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, 'utf8').catch(() => undefined)

/** Of what is known. */
const sum = (parts: readonly (number | undefined)[]): number | undefined =>
  parts.reduce((all, one) => (one === undefined ? all : (all ?? 0) + one), undefined)

type Listed = Process & {readonly bytes: number}

const listed = (which: readonly string[]): Promise<readonly Listed[] | undefined> =>
  new Promise((resolve) => {
    execFile('ps', [...which, '-o', 'pid=,ppid=,pgid=,rss='], (error, stdout) => {
      if (error) return resolve(undefined)
      const lines = stdout.split('\n').filter((line) => line.trim() !== '')
      resolve(
        lines.map((line) => {
          const [pid, parent, leader, kilobytes] = line.trim().split(/\s+/).map(Number)
          return {pid, parent, leader, bytes: 1024 * kilobytes}
        }),
      )
    })
  })

const sumOf = (processes: readonly Listed[] | undefined): number | undefined =>
  sum((processes ?? []).map(({bytes}) => bytes))
