/** The page *Now*: what the box does, how it is, what comes next and what came out before. */
import {Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Study} from '../../daemon/studies/study.ts'
import type {Reading} from '../../daemon/telemetry/reading.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {formatDate, formatTime, metricWords} from '../parts/format.ts'
import {
  bestWords,
  isUnfinished,
  outcomeWords,
  progressBar,
  progressWords,
  remainingMs,
  roughly,
  stateBadge,
  studyLink,
  trialProgressWords,
} from '../parts/study-parts.ts'
import {mainTiles} from '../parts/tiles.ts'

export const homePage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  router.get('/', (_request, response) => {
    const {title, regions} = liveHome(daemon)
    const main = html`${regions.map((region) => region.html)}`
    response.send(frame({title, current: '/', main, livePath: '/'}).markup)
  })
  for (const action of ['pause', 'resume'] as const) {
    router.post(`/${action}`, async (_request, response) => {
      await daemon.pauseSwitch[action]()
      response.redirect(303, '/')
    })
  }
  return router
}

/** The rest is behind a link. */
const shownFinished = 10

/** The whole page is made of what changes. */
export const liveHome = (daemon: Daemon): LivePage => {
  const studies = daemon.studies()
  const running = studies.filter((study) => study.state === 'running')
  const waiting = studies.filter((study) => isUnfinished(study) && study.state !== 'running')
  const finished = studies
    .filter((study) => !isUnfinished(study))
    .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0))
  const reading = daemon.readings().at(-1)
  return {
    title: titleOf(running, waiting),
    regions: [
      {id: 'notices', html: noticesView(daemon.notices())},
      {id: 'now', html: nowView(daemon.activity(), running, reading?.atMs)},
      {id: 'switch', html: switchView(daemon)},
      {id: 'device', html: deviceView(reading)},
      {id: 'queue', html: queueView(waiting, studies.length === 0)},
      {id: 'finished', html: finishedView(finished, studies.length)},
    ],
  }
}

const titleOf = (running: readonly Study[], waiting: readonly Study[]): string => {
  const [study] = running
  if (study) return `▶ ${bestWords(study) ?? 'running'} · ${study.settings.name}`
  return waiting.length ? `${waiting.length} waiting` : 'Idle'
}

const noticesView = (notices: readonly string[]): Html => html`
<section id="notices"${notices.length === 0 && html` hidden`} aria-label="Notices">
${notices.map((notice) => html`<p class="notice">${notice}</p>`)}
</section>`

const nowView = (
  activity: string,
  running: readonly Study[],
  nowMs: number | undefined,
): Html => html`
<section id="now">
<h1>${activity}</h1>
${running.map((study) => runningCard(study, nowMs))}
</section>`

const runningCard = (study: Study, nowMs: number | undefined): Html => html`
<article class="card">
<h2><a href="/studies/${study.id}">${study.settings.name}</a> ${stateBadge(study.state)}</h2>
<div class="heroes">
<p class="hero"><strong>${bestWords(study) ?? '–'}</strong><span>best ${metricWords(study.settings.objectives[0].metric)} so far</span></p>
${leftView(remainingMs(study), nowMs)}
</div>
${progressBar(study)}
<p class="quiet">${progressWords(study)}</p>
<ul class="plain">${study.trials.map(
  (trial) =>
    trial.state === 'running' && html`<li>Trial ${trial.id}: ${trialProgressWords(trial)}</li>`,
)}</ul>
</article>`

const leftView = (leftMs: number | undefined, nowMs: number | undefined): Html =>
  html`${
    leftMs !== undefined &&
    html`<p class="hero"><strong>${roughly(leftMs)}</strong><span>left${nowMs !== undefined && html`, until about ${untilWords(nowMs, nowMs + leftMs)}`}</span></p>`
  }`

/** Rounded to five minutes, for it is a guess; with its day where that is another one. */
const untilWords = (nowMs: number, atMs: number): string => {
  const roundMs = Math.ceil(atMs / 300_000) * 300_000
  const isToday = new Date(nowMs).toDateString() === new Date(roundMs).toDateString()
  return isToday ? formatTime(roundMs) : formatDate(roundMs)
}

/** Two forms rather than one that turns over: pressed on two phones at once, each does what it says. */
const switchView = ({pauseSwitch}: Daemon): Html => {
  const {kind, ids} = pauseSwitch.next()
  if (kind === 'pause') {
    const words = ids.length > 1 ? `Pause all ${ids.length} studies` : 'Pause'
    return switchForm('pause', words, 'What is running stops, and nothing else starts.')
  }
  const {length} = pauseSwitch.resumable()
  return length === 0
    ? html`<section id="switch" hidden></section>`
    : switchForm(
        'resume',
        length > 1 ? `Resume all ${length} studies` : 'Resume',
        'Everything rests. Trials that were cut off start again.',
      )
}

const switchForm = (action: string, words: string, meaning: string): Html => html`
<section id="switch" aria-label="Pause and resume">
<form method="post" action="/${action}" hx-post="/${action}" hx-target="#main" hx-select="#main" hx-swap="outerMorph">
<button class="big${action === 'resume' && ' primary'}" aria-describedby="switch-meaning">${words}</button>
</form>
<p class="quiet" id="switch-meaning">${meaning}</p>
</section>`

const deviceView = (reading: Reading | undefined): Html => html`
<section id="device" aria-label="Device">
${reading ? mainTiles(reading) : html`<p class="empty">No reading of the device yet.</p>`}
${reading?.alarms.map((alarm) => html`<p class="notice">${alarm}</p>`)}
</section>`

const queueView = (waiting: readonly Study[], isFirstVisit: boolean): Html => html`
<section id="queue">
<h2>Queue</h2>
${
  waiting.length
    ? html`<ol class="studies">${waiting.map(
        (study) =>
          html`<li>${studyLink(study)} <span class="quiet">${study.reason ?? progressWords(study)}</span></li>`,
      )}</ol>`
    : html`<p class="empty">${isFirstVisit ? 'No study yet: start with the one that is filled in for you.' : 'Nothing waits.'}</p>`
}
<p><a class="button" href="/studies/new">New study</a></p>
</section>`

const finishedView = (finished: readonly Study[], count: number): Html => html`
<section id="finished"${finished.length === 0 && html` hidden`}>
<h2>Finished</h2>
<ul class="studies">${finished
  .slice(0, shownFinished)
  .map(
    (study) => html`<li>${studyLink(study)} <span class="quiet">${outcomeWords(study)}</span></li>`,
  )}</ul>
<p><a class="button" href="/studies">${count > 1 ? `All ${count} studies` : 'All studies'}</a></p>
</section>`
