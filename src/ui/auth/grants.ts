/**
 * What lets somebody in: sessions of paired browsers and tokens of programs. Of each only the secret's hash is kept, in
 * `auth.json` in the home folder.
 */
import {randomBytes} from 'node:crypto'
import {readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {z} from 'zod'
import type {Clock} from '../../daemon/base/clock.ts'
import {type Log, reasonOf} from '../../daemon/base/log.ts'
import {ok, type Result, refuse, refuseForNow} from '../../daemon/base/result.ts'
import {writePrivately} from './private-file.ts'
import {hashOf, newSecret} from './secrets.ts'
import {roleSchema} from './visitor.ts'

const grantSchema = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  role: roleSchema,
  createdAtMs: z.number(),
  /** To the hour: a memory card is not written for each request. Absent before the first. */
  lastSeenAtMs: z.number().optional(),
})

/** One session or one token. */
export type Grant = z.infer<typeof grantSchema>

export interface Grants {
  /** In the order of their making. */
  readonly all: () => readonly Grant[]
  /** The grant of a secret, if it still holds; notes that it was used. */
  readonly use: (secret: string) => Grant | undefined
  /**
   * Resolves with the secret once the grant would survive a restart. It is told here and never again. Refuses where the
   * disk does not take it.
   */
  readonly add: (grant: Pick<Grant, 'name' | 'role'>) => Promise<Result<Grant & Secret>>
  readonly rename: (id: string, name: string) => Promise<Result<Grant>>
  /** Resolves with the grants that have ended, as they have at once; the disk may come to know later. */
  readonly revoke: (which: (grant: Grant) => boolean) => Promise<readonly Grant[]>
}

type Secret = {readonly secret: string}

type Parts = {
  readonly clock: Pick<Clock, 'nowMs'>
  readonly log: Log
  /** Told at once, before the disk knows. */
  readonly onRevoked?: (id: string) => void
}

type Kept = {readonly sessions: readonly Grant[]; readonly tokens: readonly Grant[]}

/** Browsers keep no cookie for longer. */
export const sessionDays = 400
const mostGrants = 64
const seenEveryMs = 3_600_000
const saveAgainMs = 2_000

/** Reads the grants of earlier starts. A damaged file is kept aside and everybody pairs again. */
export const openGrants = async (
  home: string,
  parts: Parts,
): Promise<{readonly sessions: Grants; readonly tokens: Grants}> => {
  const {clock, log, onRevoked} = parts
  const path = join(home, 'auth.json')
  let kept = await load(path, log)
  let saving: Promise<void> = Promise.resolve()
  /** One write after the other, each with what is true by then, also after one that failed. */
  const save = () => {
    const write = () => writePrivately(path, `${JSON.stringify(kept, null, 2)}\n`)
    saving = saving.then(write, write)
    return saving
  }
  /** What holds already, and must hold after a restart too. */
  const saveInTheEnd = async (): Promise<void> => {
    try {
      await save()
    } catch (cause) {
      log.error(`${path} could not be written and is tried again until it is`, cause)
      setTimeout(() => void saveInTheEnd(), saveAgainMs).unref()
    }
  }

  const open = (kind: keyof Kept, rules: Rules): Grants => {
    const set = (grants: readonly Grant[]) => {
      kept = {...kept, [kind]: grants}
    }
    const all = () => kept[kind].filter((grant) => rules.holds(grant, clock.nowMs()))
    const replace = (changed: Grant) => {
      set(kept[kind].map((grant) => (grant.id === changed.id ? changed : grant)))
      return save()
    }
    const revoke: Grants['revoke'] = async (which) => {
      const ended = kept[kind].filter(which)
      if (!ended.length) return []
      set(kept[kind].filter((grant) => !ended.includes(grant)))
      for (const {id} of ended) onRevoked?.(id)
      await saveInTheEnd()
      return ended
    }
    return {
      all,
      revoke,
      use: (secret) => {
        const hash = hashOf(secret)
        // What a guess's hash shares with a kept one tells nothing of the secret: a plain comparison will do.
        const grant = all().find((one) => one.hash === hash)
        const nowMs = clock.nowMs()
        if (!grant || nowMs - (grant.lastSeenAtMs ?? 0) < seenEveryMs) return grant
        const seen = {...grant, lastSeenAtMs: nowMs}
        replace(seen).catch((cause) => log.warn(`${path} could not be written: ${reasonOf(cause)}`))
        return seen
      },
      add: async ({name, role}) => {
        const room = rules.makeRoom(all(), name)
        if (!room.ok) return room
        const leaving = all()
          .filter((one) => !room.value.kept.includes(one))
          .map(({id}) => id)
        const secret = `${rules.secretStart}${newSecret()}`
        const grant: Grant = {
          id: randomBytes(6).toString('hex'),
          hash: hashOf(secret),
          name: room.value.name,
          role,
          createdAtMs: clock.nowMs(),
          ...(rules.isUsedAtOnce ? {lastSeenAtMs: clock.nowMs()} : {}),
        }
        set([...kept[kind], grant])
        try {
          await save()
        } catch (cause) {
          set(kept[kind].filter((one) => one !== grant))
          return refuseForNow(
            `Expected the disk to take it, but it does not (${reasonOf(cause)}). Free some space, then try again.`,
          )
        }
        await revoke(({id}) => leaving.includes(id))
        return ok({...grant, secret})
      },
      rename: async (id, name) => {
        const grant = all().find((one) => one.id === id)
        if (!grant) return refuse('It is no longer there.')
        if (all().some((other) => other.id !== id && other.name === name)) {
          return refuse(`Another one is called ${name} already. Choose another name.`)
        }
        const renamed = {...grant, name}
        await replace(renamed)
        return ok(renamed)
      },
    }
  }
  return {sessions: open('sessions', sessionRules), tokens: open('tokens', tokenRules)}
}

type Rules = {
  /** Tells people, and programs that look for secrets in the wrong places, what they see. */
  readonly secretStart: string
  readonly isUsedAtOnce: boolean
  readonly holds: (grant: Grant, nowMs: number) => boolean
  /** What stays when one is added, and what the new one is called; refuses where it cannot be. */
  readonly makeRoom: (
    grants: readonly Grant[],
    name: string,
  ) => Result<{readonly kept: readonly Grant[]; readonly name: string}>
}

const sessionRules: Rules = {
  secretStart: '',
  isUsedAtOnce: true,
  holds: ({createdAtMs}, nowMs) => nowMs - createdAtMs < sessionDays * 24 * 3_600_000,
  /** A browser that was not seen for the longest time gives way. */
  makeRoom: (grants, name) => {
    const bySight = grants.toSorted((a, b) => seenAtMs(b) - seenAtMs(a))
    return ok({kept: bySight.slice(0, mostGrants - 1), name: freeName(name, grants)})
  },
}

/** A program cannot pair again by itself: its token holds until a person ends it. */
const tokenRules: Rules = {
  secretStart: 'simmer_',
  isUsedAtOnce: false,
  holds: () => true,
  makeRoom: (grants, name) => {
    if (grants.some((grant) => grant.name === name)) {
      return refuse(`There is a token ${name} already. Choose another name, or revoke that one.`)
    }
    return grants.length < mostGrants
      ? ok({kept: grants, name})
      : refuse(`Expected at most ${mostGrants} tokens. Revoke one that is no longer used.`)
  },
}

const seenAtMs = ({lastSeenAtMs, createdAtMs}: Grant): number => lastSeenAtMs ?? createdAtMs

/** `Safari on iPhone 2` beside another. */
const freeName = (name: string, grants: readonly Grant[], count = 1): string => {
  const tried = count === 1 ? name : `${name} ${count}`
  return grants.some((grant) => grant.name === tried) ? freeName(name, grants, count + 1) : tried
}

const longestName = 40

/** A name as a person typed it: one line, 1 to 40 characters. */
export const readName = (typed: unknown): Result<string> => {
  const name = typeof typed === 'string' ? typed.replace(/[\s\p{C}]+/gu, ' ').trim() : ''
  return name.length >= 1 && name.length <= longestName
    ? ok(name)
    : refuse(`Expected a name of 1 to ${longestName} characters, got ${name.length}.`)
}

/** Before there were roles, whoever was paired could do everything. */
const earlierSession = z
  // Strictly these two: whatever else a grant of ours lacks, it must not make an owner of it.
  .strictObject({hash: z.string(), createdAtMs: z.number()})
  .transform(
    ({hash, createdAtMs}): Grant => ({
      id: hash.slice(0, 12),
      hash,
      name: 'Browser',
      role: 'owner',
      createdAtMs,
    }),
  )

const fileSchema = z.object({
  sessions: z.array(z.union([grantSchema, earlierSession])),
  tokens: z.array(grantSchema).default([]),
})

const load = async (path: string, log: Log): Promise<Kept> => {
  const text = await readFile(path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined) return {sessions: [], tokens: []}
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch (cause) {
    await rename(path, `${path}.damaged`)
    log.warn(
      `${path} could not be read and is kept as auth.json.damaged; pair again: ${reasonOf(cause)}`,
    )
    return {sessions: [], tokens: []}
  }
}
