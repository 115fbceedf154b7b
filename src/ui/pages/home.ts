/** The page *Now*: what the box does, how it is, what comes next and what came out before. */
import {Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {countTrials} from '../../daemon/studies/summary.ts'
import type {Reading} from '../../daemon/telemetry/reading.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {formatDate, formatDuration, metricWords} from '../parts/format.ts'
import {
  bestWords,
  isUnfinished,
  progressBar,
  progressWords,
  stateBadge,
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
  return router
}

/** The whole page is made of what changes. */
export const liveHome = (daemon: Daemon): LivePage => {
  const studies = daemon.studies()
  const running = studies.filter((study) => study.state === 'running')
  const waiting = studies.filter((study) => isUnfinished(study) && study.state !== 'running')
  const finished = studies.filter((study) => !isUnfinished(study)).toReversed()
  return {
    title: titleOf(running, waiting),
    regions: [
      {id: 'notices', html: noticesView(daemon.notices())},
      {id: 'now', html: nowView(daemon.activity(), running)},
      {id: 'device', html: deviceView(daemon.readings().at(-1))},
      {id: 'queue', html: queueView(waiting, studies.length === 0)},
      {id: 'finished', html: finishedView(finished)},
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

const nowView = (activity: string, running: readonly Study[]): Html => html`
<section id="now">
<h1>${activity}</h1>
${running.map(runningCard)}
</section>`

const runningCard = (study: Study): Html => html`
<article class="card">
<h2><a href="/studies/${study.id}">${study.settings.name}</a> ${stateBadge(study.state)}</h2>
<p class="hero"><strong>${bestWords(study) ?? '–'}</strong><span>best ${metricWords(study.settings.objectives[0].metric)} so far</span></p>
${progressBar(study)}
<p class="quiet">${progressWords(study)}</p>
<ul class="plain">${study.trials.map(
  (trial) =>
    trial.state === 'running' && html`<li>Trial ${trial.id}: ${trialProgressWords(trial)}</li>`,
)}</ul>
</article>`

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

const finishedView = (finished: readonly Study[]): Html => html`
<section id="finished"${finished.length === 0 && html` hidden`}>
<h2>Finished</h2>
<ul class="studies">${finished.map(
  (study) => html`<li>${studyLink(study)} <span class="quiet">${outcomeWords(study)}</span></li>`,
)}</ul>
</section>`

const studyLink = (study: Study): Html =>
  html`<a href="/studies/${study.id}">${study.settings.name}</a> ${stateBadge(study.state)}`

const outcomeWords = (study: Study): string =>
  [
    `best ${bestWords(study) ?? 'none'}`,
    `${countTrials(study).complete} trials`,
    formatDuration(study.activeMs),
    ...(study.finishedAtMs === undefined ? [] : [formatDate(study.finishedAtMs)]),
  ].join(' · ')
