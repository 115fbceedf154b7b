/** Numbered messages of one subject, the last of them kept for clients that come back after a short absence. */

/** One server-sent event. Without a name, htmx swaps its data into the page. */
export type Message = {readonly name?: string; readonly data: string}

/** Where a channel's messages come from. */
export interface Source {
  /** What has happened since this was last asked. */
  readonly changes: () => readonly Message[]
  /** All that a newcomer needs to be up to date. */
  readonly present: () => readonly Message[]
}

export type Entry = Message & {readonly id: string}

export interface Channel {
  /** Takes what is new from the source, for those who are listening. */
  readonly update: () => readonly Entry[]
  /** What a client must be sent that saw everything up to `lastSeenId`; the present where that is unknown. */
  readonly catchUp: (lastSeenId: string | undefined) => readonly Entry[]
}

const keptEntries = 64

/** A channel's ids start with `epoch`: ids from before a restart are unknown, not mistaken for ours. */
export const openChannel = (epoch: string, source: Source): Channel => {
  let ring: readonly Entry[] = []
  let count = 0
  const update = () => {
    const news = source.changes().map((message) => {
      count += 1
      return {...message, id: `${epoch}-${count}`}
    })
    ring = [...ring, ...news].slice(-keptEntries)
    return news
  }
  return {
    update,
    catchUp: (lastSeenId) => {
      const lastId = `${epoch}-${count}`
      if (lastSeenId === lastId) return []
      const seen = ring.findIndex((entry) => entry.id === lastSeenId)
      return seen >= 0
        ? ring.slice(seen + 1)
        : source.present().map((message) => ({...message, id: lastId}))
    },
  }
}
