/** One client's server-sent event stream: writes, keeps it alive, and lets go of a client that cannot keep up. */
import type {Response} from 'express'
import type {Entry} from './channel.ts'

export interface Stream {
  readonly send: (entries: readonly Entry[]) => void
  readonly close: () => void
}

const heartbeatMs = 15_000
const longestLagBytes = 256 * 1024
const retryMs = 2000

/** Pages hear it, so that a box that has lost its power is not taken for one where nothing happens. */
export const pageHeartbeat = 'event: alive\ndata: 1\n\n'
/** Programs don't: to them a comment is nothing. */
export const plainHeartbeat = ': still here\n\n'

/** Answers with a stream. `onEnd` is called once, whoever ended it. */
export const openStream = (
  response: Response,
  heartbeatText: string,
  onEnd: () => void,
): Stream => {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
  const write = (text: string) => {
    response.write(text)
    if (response.writableLength > longestLagBytes) response.destroy()
  }
  write(': connected\n\n')
  const heartbeat = setInterval(() => write(heartbeatText), heartbeatMs)
  response.once('close', () => {
    clearInterval(heartbeat)
    onEnd()
  })
  return {
    send: (entries) => {
      if (entries.length) write(entries.map(eventText).join(''))
    },
    close: () => {
      // A client that is slow to take the end must not get a sign of life after it.
      clearInterval(heartbeat)
      response.end()
    },
  }
}

/** The lines of one event. Every kind of line end counts as one: none may end the event early. */
const eventText = ({id, name, data}: Entry): string => {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `id: ${id}\nretry: ${retryMs}\n${name ? `event: ${name}\n` : ''}${lines.join('')}\n`
}
