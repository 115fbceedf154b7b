/** One study: how it stands, what it found, and the buttons that pause, resume or cancel it. */
import express, {Router} from 'express'
import {stringify as yamlOf} from 'yaml'
import type {Daemon} from '../../daemon/daemon.ts'
import {exportFormats} from '../../daemon/exports/formats.ts'
import {settingsJson} from '../../daemon/exports/study-json.ts'
import {limitsOfStudy} from '../../daemon/studies/limits.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {bestTrial} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {type Problems, problemsByField} from '../parts/fields.ts'
import {formatDate, formatDuration, formatEnergy, metricWords, paramPairs} from '../parts/format.ts'
import {frontView} from '../parts/front.ts'
import {importanceView} from '../parts/importance-bars.ts'
import {limitChangeWords, limitFields, limitsAsked, limitsForm} from '../parts/limits-form.ts'
import {notesView} from '../parts/notes.ts'
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
import {studyHeading} from '../parts/study-tabs.ts'
import {addressOf, readTrialsQuery, type TrialsQuery} from '../parts/trials-query.ts'
import {trialsTable} from '../parts/trials-table.ts'

/** What a person typed into one of the page's forms that was refused. */
type Refused = {
  readonly form: 'limits' | 'notes'
  readonly words: URLSearchParams
  readonly problems: Problems
}

export const studyPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()

  /** What was refused must stay as it was typed: that page does not change by itself. */
  const refusedPage = (study: Study, refused: Refused) => {
    const {regions} = liveStudy(study, new URLSearchParams(), refused)
    return frame({
      title: `Not changed · ${study.settings.name}`,
      main: studyView(study, regions),
    }).markup
  }

  router.get('/studies/:id', (request, response) => {
    const study = findStudy(daemon, request.params.id)
    const query = new URL(request.url, 'http://localhost').searchParams
    const {title, regions} = liveStudy(study, query)
    const main = studyView(study, regions)
    response.send(frame({title, main, livePath: request.originalUrl}).markup)
  })

  router.get('/studies/:id/edit', (request, response) => {
    const study = findStudy(daemon, request.params.id)
    const title = `Limits and notes · ${study.settings.name}`
    response.send(frame({title, main: editView(study)}).markup)
  })

  for (const action of ['pause', 'resume', 'cancel'] as const) {
    router.post(`/studies/:id/${action}`, async (request, response) => {
      const study = findStudy(daemon, request.params.id)
      const done = await daemon[action](study.id)
      if (!done.ok) throw new HttpProblem(409, done.problems.join(' '))
      response.redirect(303, `/studies/${study.id}`)
    })
  }

  const formBody = express.text({type: 'application/x-www-form-urlencoded', limit: '256kb'})
  for (const form of ['limits', 'notes'] as const) {
    router.post(`/studies/:id/${form}`, formBody, async (request, response) => {
      const study = findStudy(daemon, request.params.id)
      const words = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
      const changes = form === 'limits' ? limitsAsked(words) : {notes: words.get('notes') ?? ''}
      const done = await daemon.revise(study.id, changes)
      if (done.ok) response.redirect(303, `/studies/${study.id}`)
      else {
        const problems = problemsByField(done.problems, form === 'limits' ? limitFields : ['notes'])
        response.status(422).send(refusedPage(study, {form, words, problems}))
      }
    })
  }
  return router
}

/** What changes of a study's page. */
export const liveStudy = (study: Study, query: URLSearchParams, refused?: Refused): LivePage => {
  const trialsQuery = readTrialsQuery(query)
  return {
    title: `${titleState(study)} · ${study.settings.name}`,
    regions: [
      {id: 'status', html: statusView(study)},
      // Rendered anew only with the state, so that an opened "Cancel…" stays open.
      {id: 'actions', html: actionsView(study), version: study.state},
      {
        id: 'limits',
        html: limitsView(study, refused),
        version: JSON.stringify([isUnfinished(study), limitsOfStudy(study.settings)]),
      },
      {id: 'score', html: scoreView(study)},
      {id: 'best', html: bestView(study)},
      {id: 'front', html: frontView(study)},
      {id: 'charts', html: chartsView(study, trialsQuery)},
      {id: 'importance', html: importanceView(study)},
      {id: 'study-notes', html: notesOf(study, refused), version: study.notes ?? ''},
      ...trialsTable(study, trialsQuery),
    ],
  }
}

const limitsView = (study: Study, refused: Refused | undefined): Html =>
  refused?.form === 'limits'
    ? limitsForm(study, refused.problems, refused.words)
    : limitsForm(study, new Map())

const notesOf = (study: Study, refused: Refused | undefined): Html =>
  refused?.form === 'notes'
    ? notesView(study, refused.problems, refused.words.get('notes') ?? '')
    : notesView(study, new Map())

/** The study at an address, or an answer that says it is not there. */
export const findStudy = (daemon: Daemon, id: string): Study => {
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
${studyHeading(study, 'Results')}
<noscript><p><a href="/studies/${study.id}/edit">Limits and notes on a page that stays still</a></p></noscript>
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

/** Without JavaScript the study's page loads itself anew, which would lose what is being typed. */
const editView = (study: Study): Html => html`
${studyHeading(study)}
${limitsForm(study, new Map())}
${notesView(study, new Map())}`

const statusView = (study: Study): Html => html`
<section id="status">
<p>${stateBadge(study.state)} ${study.reason}</p>
${study.state === 'queued' && html`<p class="quiet">It begins when the studies before it have ended.</p>`}
${progressBar(study)}
<p class="quiet">${progressWords(study)}${study.activeMs > 0 && html` · trained for ${formatDuration(study.activeMs)}`}${study.energy && html` · ${formatEnergy(study.energy)} in the mean`} · queued ${formatDate(study.createdAtMs)}${
  study.finishedAtMs !== undefined && html` · ended ${formatDate(study.finishedAtMs)}`
}</p>
${study.limitChanges?.map((change) => html`<p class="quiet">${limitChangeWords(change)}</p>`)}
<ul class="plain">${study.trials.map(
  (trial) =>
    trial.state === 'running' && html`<li>Trial ${trial.id}: ${trialProgressWords(trial)}</li>`,
)}</ul>
</section>`

const actionsView = (study: Study): Html => html`
<div id="actions" class="buttons">
${(study.state === 'running' || study.state === 'queued') && actionForm(study, 'pause', 'Pause')}
${study.state === 'paused' && actionForm(study, 'resume', 'Resume')}
${
  isUnfinished(study) &&
  html`<details><summary class="button">Cancel…</summary>
<div class="card ask"><p>It ends for good. Its finished trials stay readable.</p>${actionForm(study, 'cancel', 'Cancel this study')}</div>
</details>`
}
<a class="button" href="/studies/new?from=${study.id}">Duplicate</a>
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

const chartsView = (study: Study, query: TrialsQuery): Html => html`
<section id="charts" class="pair"${study.trials.length === 0 && html` hidden`} aria-label="Charts">
${valuesChart(study)}
<div id="curves">${learningChart(study, query.curves)}
<p class="hint">${
  query.curves.length > 0
    ? html`<a href="${addressOf(query, {curves: [], page: query.page})}#curves">Draw those that run</a> in their place.`
    : 'Choose a trial by its number in the table below to draw its curve.'
}</p></div>
</section>`
