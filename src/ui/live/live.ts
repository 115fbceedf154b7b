/**
 * `GET /events`: tells every open page and program what changed, at most twice a second. It renders a page once for all
 * who look at it, and not at all when nobody does.
 */
import {randomBytes} from 'node:crypto'
import {type Response, Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import {html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import {pollingElement} from '../layout.ts'
import {type Channel, openChannel} from './channel.ts'
import {changesBetween, type LivePage} from './regions.ts'
import {eventSource, pageSource} from './sources.ts'
import {openStream, pageHeartbeat, plainHeartbeat, type Stream} from './stream.ts'

/** Finds the page of a path; undefined where there is none that changes. */
export type FindLivePage = (pathAndQuery: string) => (() => LivePage | undefined) | undefined

export type Live = {readonly router: Router; readonly stop: () => void}

/** Everything that is sent on one subject, and who gets it. */
type Subject = {readonly channel: Channel; readonly streams: Set<Stream>}

/** Between two updates of a page, in ms. */
const shortestGapMs = 500
const mostStreams = 48
/** Pages whose messages are kept although nobody looks, for those who come back. */
const mostPages = 32

export const startLive = (
  daemon: Daemon,
  findPage: FindLivePage,
  gapMs: number = shortestGapMs,
): Live => {
  const events = eventSource(daemon)
  const programs: Subject = {channel: openChannel(newEpoch(), events), streams: new Set()}
  const pages = new Map<string, Subject>()
  const streamCount = () =>
    [programs, ...pages.values()].reduce((sum, {streams}) => sum + streams.size, 0)

  const pageSubject = (path: string, render: () => LivePage | undefined): Subject => {
    const subject = pages.get(path) ?? {
      channel: openChannel(newEpoch(), pageSource(render)),
      streams: new Set(),
    }
    // Set anew, it becomes the youngest: the first idle one is the one to forget.
    pages.delete(path)
    pages.set(path, subject)
    const idle = [...pages].filter(([, {streams}]) => !streams.size).map(([key]) => key)
    if (pages.size > mostPages && idle[0] !== path) pages.delete(idle[0] ?? '')
    return subject
  }

  const join = (subject: Subject, response: Response, lastSeenId: string | undefined) => {
    tell(subject)
    const heartbeat = subject === programs ? plainHeartbeat : pageHeartbeat
    const stream = openStream(response, heartbeat, () => subject.streams.delete(stream))
    subject.streams.add(stream)
    stream.send(subject.channel.catchUp(lastSeenId))
  }

  let timer: NodeJS.Timeout | undefined
  const unsubscribe = daemon.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined
      for (const subject of [programs, ...pages.values()]) if (subject.streams.size) tell(subject)
    }, gapMs)
  })

  const router = Router()
  router.get('/events', (request, response) => {
    const path = typeof request.query.page === 'string' ? request.query.page : undefined
    const render = path === undefined ? undefined : findPage(path)
    if (path !== undefined && !render) {
      throw new HttpProblem(404, `Expected \`page\` to be a page that changes, got ${path}.`)
    }
    if (request.method === 'HEAD') {
      // It would hold a stream that nobody reads.
      response.type('text/event-stream').end()
      return
    }
    const isFull = streamCount() >= mostStreams
    if (path !== undefined && render && (isFull || request.query.poll)) {
      response.send(pollAnswer(path, render()))
    } else if (isFull) {
      throw new HttpProblem(
        503,
        `Expected at most ${mostStreams} streams. Close one, then try again.`,
      )
    } else {
      const subject = path !== undefined && render ? pageSubject(path, render) : programs
      join(subject, response, request.get('Last-Event-ID'))
    }
  })

  return {
    router,
    stop: () => {
      unsubscribe()
      events.stop()
      clearTimeout(timer)
      for (const {streams} of [programs, ...pages.values()])
        for (const stream of streams) stream.close()
    },
  }
}

const tell = ({channel, streams}: Subject): void => {
  const news = channel.update()
  for (const stream of streams) stream.send(news)
}

/** The whole page's regions, and an element that asks for them again. */
const pollAnswer = (path: string, page: LivePage | undefined): string =>
  html`${page && changesBetween(undefined, page)}<hx-partial hx-target="#live" hx-swap="outerMorph">${pollingElement(path)}</hx-partial>`
    .markup

const newEpoch = () => randomBytes(4).toString('hex')
