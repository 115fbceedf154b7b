/** The browsers that were paired with this box. Of each, only its cookie's hash is kept, in `auth.json` in the home folder. */
import {readFile, rename} from 'node:fs/promises'
import {join} from 'node:path'
import {z} from 'zod'
import type {Clock} from '../../daemon/base/clock.ts'
import {type Log, reasonOf} from '../../daemon/base/log.ts'
import {writePrivately} from './private-file.ts'
import {hashOf, newSecret} from './secrets.ts'

export interface Sessions {
  /** Resolves with the new session's cookie value once the session would survive a restart. */
  readonly create: () => Promise<string>
  readonly knows: (cookie: string) => boolean
  readonly forget: (cookie: string) => Promise<void>
}

const schema = z.object({
  sessions: z.array(z.object({hash: z.string(), createdAtMs: z.number()})),
})

type Session = z.infer<typeof schema>['sessions'][number]

/** Browsers keep no cookie for longer. */
export const sessionDays = 400
const mostSessions = 64

/** Reads the sessions of earlier starts. A damaged file is kept aside and everybody pairs again. */
export const openSessions = async (
  home: string,
  {clock, log}: {readonly clock: Clock; readonly log: Log},
): Promise<Sessions> => {
  const path = join(home, 'auth.json')
  let sessions = await load(path, log)
  let saved: Promise<void> = Promise.resolve()
  const isFresh = (session: Session) =>
    clock.nowMs() - session.createdAtMs < sessionDays * 24 * 3_600_000
  /** One write after the other, each with what is true by then. */
  const save = () => {
    saved = saved.then(() => writePrivately(path, `${JSON.stringify({sessions}, null, 2)}\n`))
    return saved
  }
  return {
    create: async () => {
      const cookie = newSecret()
      const session = {hash: hashOf(cookie), createdAtMs: clock.nowMs()}
      sessions = [...sessions.filter(isFresh), session].slice(-mostSessions)
      await save()
      return cookie
    },
    knows: (cookie) => {
      const hash = hashOf(cookie)
      return sessions.some((session) => session.hash === hash && isFresh(session))
    },
    forget: async (cookie) => {
      const hash = hashOf(cookie)
      sessions = sessions.filter((session) => session.hash !== hash)
      await save()
    },
  }
}

const load = async (path: string, log: Log): Promise<readonly Session[]> => {
  const text = await readFile(path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined) return []
  try {
    return schema.parse(JSON.parse(text)).sessions
  } catch (cause) {
    await rename(path, `${path}.damaged`)
    log.warn(
      `${path} could not be read and is kept as auth.json.damaged; pair again: ${reasonOf(cause)}`,
    )
    return []
  }
}
