/** One study: how it stands, what it found, and the buttons that pause, resume or cancel it. */
import {Router} from 'express'
import {stringify as yamlOf} from 'yaml'
import type {Daemon} from '../../daemon/daemon.ts'
import {exportFormats} from '../../daemon/exports/formats.ts'
import {settingsJson} from '../../daemon/exports/study-json.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {bestTrial} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {formatDate, formatDuration, formatEnergy, metricWords, paramPairs} from '../parts/format.ts'
import {frontView} from '../parts/front.ts'
import {importanceView} from '../parts/importance-bars.ts'
import {scoreView} from '../parts/score.ts'
import {learningChart, valuesChart} from '../parts/study-charts.ts'
import {
  bestWords,
  isUnfinished,
  progressBar,
  progressWords,
  stateBadge,
  trialProgressWords,
} from '../parts/study-parts.ts'
import {readTrialsQuery, trialsTable} from '../parts/trials-table.ts'

export const studyPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()

  router.get('/studies/:id', (request, response) => {
    const study = find(daemon, request.params.id)
    const {title, regions} = liveStudy(study, new URL(request.url, 'http://localhost').searchParams)
    const main = studyView(study, regions)
    response.send(frame({title, main, livePath: request.originalUrl}).markup)
  })

  for (const action of ['pause', 'resume', 'cancel'] as const) {
    router.post(`/studies/:id/${action}`, async (request, response) => {
      const study = find(daemon, request.params.id)
      const done = await daemon[action](study.id)
      if (!done.ok) throw new HttpProblem(409, done.problems.join(' '))
      response.redirect(303, `/studies/${study.id}`)
    })
  }
  return router
}

/** What changes of a study's page. */
export const liveStudy = (study: Study, query: URLSearchParams): LivePage => ({
  title: `${titleState(study)} · ${study.settings.name}`,
  regions: [
    {id: 'status', html: statusView(study)},
    // Rendered anew only with the state, so that an opened "Cancel…" stays open.
    {id: 'actions', html: actionsView(study), version: study.state},
    {id: 'score', html: scoreView(study)},
    {id: 'best', html: bestView(study)},
    {id: 'front', html: frontView(study)},
    {id: 'charts', html: chartsView(study)},
    {id: 'importance', html: importanceView(study)},
    ...trialsTable(study, readTrialsQuery(query)),
  ],
})

const find = (daemon: Daemon, id: string): Study => {
  const study = daemon.study(id)
  if (!study) throw new HttpProblem(404, `There is no study ${id}. The page Now lists all of them.`)
  return study
}

const titleState = (study: Study): string => {
  const best = bestWords(study)
  const signs = {queued: '…', running: '▶', paused: '❚❚', complete: '✓', failed: '✗', canceled: '✗'}
  return `${signs[study.state]} ${best ?? study.state}`
}

/** The rows of the trials are regions too, but stand inside their table already. */
const studyView = (study: Study, regions: LivePage['regions']): Html => html`
<h1>${study.settings.name}</h1>
${regions.filter(({id}) => !id.startsWith('trial-')).map((region) => region.html)}
<section>
<h2>Download</h2>
<p class="buttons">${exportFormats.map(
  (format) =>
    html`<a class="button" href="/api/v1/studies/${study.id}/export?format=${format}" download>${format.toUpperCase()}</a>`,
)}</p>
</section>
<details><summary>Study file</summary>
<pre class="scroll" tabindex="0"><code>${yamlOf(settingsJson(study))}</code></pre>
</details>`

const statusView = (study: Study): Html => html`
<section id="status">
<p>${stateBadge(study.state)} ${study.reason}</p>
${progressBar(study)}
<p class="quiet">${progressWords(study)}${study.activeMs > 0 && html` · trained for ${formatDuration(study.activeMs)}`}${study.energy && html` · ${formatEnergy(study.energy)} in the mean`} · queued ${formatDate(study.createdAtMs)}${
  study.finishedAtMs !== undefined && html` · ended ${formatDate(study.finishedAtMs)}`
}</p>
<ul class="plain">${study.trials.map(
  (trial) =>
    trial.state === 'running' && html`<li>Trial ${trial.id}: ${trialProgressWords(trial)}</li>`,
)}</ul>
</section>`

const actionsView = (study: Study): Html => html`
<div id="actions" class="buttons"${!isUnfinished(study) && html` hidden`}>
${(study.state === 'running' || study.state === 'queued') && actionForm(study, 'pause', 'Pause')}
${study.state === 'paused' && actionForm(study, 'resume', 'Resume')}
${
  isUnfinished(study) &&
  html`<details><summary class="button">Cancel…</summary>
<div class="card ask"><p>It ends for good. Its finished trials stay readable.</p>${actionForm(study, 'cancel', 'Cancel this study')}</div>
</details>`
}
</div>`

/** Without JavaScript the answer is a redirect to the page; htmx follows it and takes over what differs. */
const actionForm = (study: Study, action: string, label: string): Html => {
  const address = `/studies/${study.id}/${action}`
  return html`<form method="post" action="${address}" hx-post="${address}" hx-target="#main" hx-select="#main" hx-swap="outerMorph">
<button${action === 'cancel' && html` class="danger"`}>${label}</button></form>`
}

const bestView = (study: Study): Html => {
  const best = bestTrial(study)
  return html`
<section id="best"${!best && html` hidden`}>
<h2>${isUnfinished(study) ? 'Best so far' : 'Best setting'}</h2>
${
  best &&
  html`<p class="hero"><strong>${bestWords(study)}</strong><span>${metricWords(study.settings.objectives[0].metric)}, trial ${best.id}</span></p>
<dl class="params">${paramPairs(best.params).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}
</section>`
}

const chartsView = (study: Study): Html => html`
<section id="charts" class="pair"${study.trials.length === 0 && html` hidden`} aria-label="Charts">
${valuesChart(study)}
${learningChart(study)}
</section>`
