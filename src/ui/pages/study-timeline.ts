/** A study along its time, beside the log of the device: what heat and throttle made of its trials. */
import {Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Row} from '../../daemon/history/row.ts'
import {readingOf} from '../../daemon/history/row.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {isFinished} from '../../daemon/studies/transitions.ts'
import {boardPowerW} from '../../daemon/telemetry/power.ts'
import {historyFormats} from '../history-download.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {formatDate} from '../parts/format.ts'
import {studyHeading} from '../parts/study-tabs.ts'
import {openTimeline, type Timeline} from '../parts/timeline-bins.ts'
import {timelineView} from '../parts/timeline-view.ts'
import {findStudy} from './study.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A page is to be there soon: of a longer study the last so many days are drawn. */
const mostMs = 7 * dayMs

type Stretch = {readonly fromMs: number; readonly toMs: number; readonly isCut: boolean}

export const studyTimelinePage = ({daemon, frame, clock}: TimelineParts): Router => {
  const router = Router()
  const taken = new Map<string, Taken>()
  /** What was read for another who looked at it lately, or else read now: days of the log take a while. */
  const take = (study: Study, stretch: Stretch): Taken => {
    const nowMs = clock.nowMs()
    const known = taken.get(study.id)
    if (known && (known.stretch.toMs === stretch.toMs || nowMs - known.atMs < freshMs)) return known
    const next = {atMs: nowMs, stretch, timeline: readTimeline(daemon, study, stretch)}
    next.timeline.catch(() => taken.delete(study.id))
    taken.delete(study.id)
    taken.set(study.id, next)
    for (const [oldest] of taken) if (taken.size > mostTaken) taken.delete(oldest)
    return next
  }
  router.get('/studies/:id/timeline', async (request, response) => {
    const study = findStudy(daemon, request.params.id)
    const asked = stretchOf(study, clock.nowMs())
    const {stretch, timeline} = asked ? take(study, asked) : {}
    response.send(
      frame({
        title: `Timeline · ${study.settings.name}`,
        main: html`${studyHeading(study, 'Timeline')}${sectionView(study, stretch, await timeline)}`,
      }).markup,
    )
  })
  return router
}

/** A timeline as it was read. */
type Taken = {
  readonly atMs: number
  readonly stretch: Stretch
  readonly timeline: Promise<Timeline>
}

const freshMs = 30_000
const mostTaken = 8

type TimelineParts = PageParts & {readonly clock: {readonly nowMs: () => number}}

/** From the first trial's start to the end; undefined before there is one. */
const stretchOf = (study: Study, nowMs: number): Stretch | undefined => {
  const starts = study.trials.flatMap((trial) =>
    trial.state === 'waiting' ? [] : [trial.startedAtMs],
  )
  if (starts.length === 0) return undefined
  const startMs = starts.reduce((a, b) => Math.min(a, b))
  const toMs = Math.max(startMs + 1000, (study.finishedAtMs ?? nowMs) + 1)
  const fromMs = Math.max(startMs, toMs - mostMs)
  return {fromMs, toMs, isCut: fromMs > startMs}
}

const readTimeline = async (
  daemon: Daemon,
  {id}: Study,
  {fromMs, toMs}: Stretch,
): Promise<Timeline> => {
  const spanMs = toMs - fromMs
  const resolution = spanMs <= hourMs ? '1s' : spanMs <= dayMs ? '10s' : '1min'
  const timeline = openTimeline(id, fromMs, toMs, powerOf)
  for await (const row of daemon.history(fromMs, toMs, resolution)) timeline.add(row)
  return timeline.end()
}

const powerOf = (row: Row): number | undefined => boardPowerW(readingOf(row))

/** Drawn anew each minute while the study goes on. */
const sectionView = (
  study: Study,
  stretch: Stretch | undefined,
  timeline: Timeline | undefined,
): Html => {
  const address = `/studies/${study.id}/timeline`
  const goesOn = !isFinished(study)
  return html`
<section id="timeline"${
    goesOn &&
    html` hx-get="${address}" hx-trigger="every 60s" hx-target="this" hx-select="#timeline" hx-swap="outerMorph"`
  }>
${stretch && timeline ? filledView(study, stretch, timeline) : html`<p class="empty">No trial has run yet. The timeline begins with the first one.</p>`}
${goesOn && html`<p><a class="button" href="${address}">Draw it again</a></p>`}
</section>`
}

const filledView = (study: Study, {fromMs, toMs, isCut}: Stretch, timeline: Timeline): Html =>
  timeline.bins.length > 0
    ? html`
<p class="quiet">${isCut ? 'The last 7 days' : 'All'} of its training, from ${formatDate(fromMs)} on. Pauses and other studies are left out.</p>
${timelineView(study, timeline)}
<p class="buttons">${historyFormats.map(
        (format) =>
          html`<a class="button" href="/device/log.${format}?from=${fromMs}&amp;to=${toMs}" download>Log of this time as ${format.toUpperCase()}</a>`,
      )}</p>`
    : html`<p class="empty">The device’s log says nothing of this study’s time. It keeps 90 days, and only what sensors measured while Simmer ran here.</p>`
