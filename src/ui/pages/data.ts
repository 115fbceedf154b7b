/** The page *Data*: every data set with its license, where it comes from, and what of it is on this box. */
import {Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {DatasetDetails, DatasetProgress} from '../../daemon/datasets/dataset.ts'
import type {DatasetOutcome, DatasetWork} from '../../daemon/datasets/desk.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {formatMegabytes} from '../parts/format.ts'
import {sampleSheet} from '../parts/sample-sheet.ts'

const samplesPerClass = 6

export const dataPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  const desk = daemon.datasetDesk

  router.get('/data', (_request, response) => {
    const {title, regions} = liveData(daemon)
    const main = html`
<h1>Data sets</h1>
<p class="quiet">What a study needs comes by itself when its turn comes. Here it can come before.</p>
${regions.map((region) => region.html)}`
    response.send(frame({title, current: '/data', main, livePath: '/data'}).markup)
  })

  router.post('/data/cancel', (_request, response) => {
    desk.cancel()
    response.redirect(303, '/data')
  })

  for (const action of ['get', 'verify', 'remove'] as const) {
    router.post(`/data/:name/${action}`, async (request, response) => {
      const done = await desk[action](request.params.name)
      if (!done.ok) throw new HttpProblem(409, done.problems.join(' '))
      response.redirect(303, '/data')
    })
  }

  router.get('/data/:name/samples.png', async (request, response) => {
    const samples = await desk.samples(request.params.name, samplesPerClass)
    if (!samples) throw new HttpProblem(404, `${request.params.name} is not on this box.`)
    response.type('image/png').send(sampleSheet(samples))
  })
  return router
}

export const liveData = (daemon: Daemon): LivePage => {
  const {list, work, outcome} = daemon.datasetDesk
  const now = work()
  return {
    title: now ? `${workTitle(now)} · Data` : 'Data',
    regions: [
      {id: 'work', html: workView(now, outcome())},
      ...list()
        .toSorted((a, b) => placeOf(a) - placeOf(b))
        .map((dataset) => ({
          id: `data-${dataset.name}`,
          html: datasetView(dataset, now),
          // Rendered anew only with what it says, so that an opened part stays open.
          version: [dataset.state, dataset.storedBytes, now !== undefined].join(' '),
        })),
    ],
  }
}

/** What is here comes first. */
const placeOf = ({state}: DatasetDetails): number =>
  ['ready', 'partly', 'not-drawn', 'not-downloaded'].indexOf(state)

const workTitle = ({what, name}: DatasetWork): string => `${verbs[what]} ${name}`

const verbs = {getting: 'Getting', verifying: 'Checking'} as const

const workView = (work: DatasetWork | undefined, outcome: DatasetOutcome | undefined): Html => html`
<section id="work" role="status"${!work && !outcome && html` hidden`}>
${
  work
    ? html`<div class="card">
<h2>${workTitle(work)}</h2>
${progressView(work.progress)}
${
  work.isCanceled
    ? html`<p class="quiet">Canceling: it stops at the next step.</p>`
    : work.what === 'getting' &&
      html`<form method="post" action="/data/cancel" ${swap('/data/cancel')}><button>Cancel</button></form>`
}
</div>`
    : outcome && html`<p class="${outcome.isGood ? 'notice good' : 'notice'}">${outcome.text}</p>`
}
</section>`

const progressView = (progress: DatasetProgress | undefined): Html => {
  if (!progress)
    return html`<progress aria-label="Progress"></progress><p class="quiet">It begins.</p>`
  const {stage, done, total, unit} = progress
  const of = (text: string) => (total === undefined ? '' : ` of ${text}`)
  const amount =
    unit === 'bytes'
      ? `${formatMegabytes(done)}${of(formatMegabytes(total ?? 0))}`
      : `${done}${of(String(total))} pictures`
  return html`<progress aria-label="Progress"${total !== undefined && html` max="${total}" value="${Math.min(done, total)}"`}></progress>
<p class="quiet">${stage === 'download' ? 'Downloading' : 'Preparing'}: ${amount}</p>`
}

const datasetView = (dataset: DatasetDetails, work: DatasetWork | undefined): Html => html`
<article class="card" id="data-${dataset.name}">
<h2>${dataset.title} ${stateView(dataset.state)}</h2>
<p class="quiet"><code>${dataset.name}</code> · ${dataset.trainCount} training and ${dataset.testCount} test pictures · ${dataset.classes.length} classes</p>
<dl class="facts">
<div><dt>License</dt><dd>${dataset.license} <small>${dataset.attribution}</small></dd></div>
<div><dt>From</dt><dd>${dataset.sources.length > 0 ? dataset.sources.join(', ') : 'drawn by Simmer itself, without a network'}</dd></div>
<div><dt>Size</dt><dd>${sizeWords(dataset)}</dd></div>
</dl>
${dataset.state === 'ready' && samplesView(dataset)}
<div class="buttons">${work ? waitView(dataset, work) : buttonsView(dataset)}</div>
</article>`

const stateView = (state: DatasetDetails['state']): Html => {
  switch (state) {
    case 'ready':
      return html`<span class="badge complete">there</span>`
    case 'partly':
      return html`<span class="badge">partly there</span>`
    case 'not-downloaded':
      return html`<span class="badge">not downloaded</span>`
    case 'not-drawn':
      return html`<span class="badge">built in</span>`
  }
}

const sizeWords = ({storedBytes, mostDownloadBytes}: DatasetDetails): string =>
  [
    ...(storedBytes > 0 ? [`${formatMegabytes(storedBytes)} on this box`] : []),
    ...(mostDownloadBytes > 0 && storedBytes === 0
      ? [`at most ${formatMegabytes(mostDownloadBytes)} to download`]
      : []),
    ...(mostDownloadBytes === 0 && storedBytes === 0
      ? ['nothing yet; drawn at its first use']
      : []),
  ].join(', ')

/** In a closed part, the browser asks for the picture only once it is opened. */
const samplesView = ({name, classes}: DatasetDetails): Html => html`
<details><summary>Sample pictures</summary>
<div class="samples">
<ol>${classes.map((one) => html`<li>${one}</li>`)}</ol>
<img src="/data/${name}/samples.png" loading="lazy" alt="${samplesPerClass} pictures of each class, a row a class" height="${classes.length * 34}">
</div>
</details>`

const waitView = ({name}: DatasetDetails, work: DatasetWork): Html =>
  html`<p class="quiet">${work.name === name ? 'In work: see above.' : `Waits until ${work.name} is done.`}</p>`

const buttonsView = ({name, state}: DatasetDetails): Html => {
  switch (state) {
    case 'ready':
      return html`${button(name, 'verify', 'Check')}${removal(name)}`
    case 'partly':
      return html`${button(name, 'get', 'Go on downloading')}${removal(name)}`
    case 'not-downloaded':
      return button(name, 'get', 'Download')
    case 'not-drawn':
      return button(name, 'get', 'Draw it now')
  }
}

const removal = (name: string): Html => html`
<details><summary class="button">Remove…</summary>
<div class="ask"><p>It makes room on the disk. A study that needs it brings it back.</p>${button(name, 'remove', `Remove ${name}`, 'danger')}</div>
</details>`

const button = (name: string, action: string, label: string, className = ''): Html => {
  const path = `/data/${name}/${action}`
  return html`<form method="post" action="${path}" ${swap(path)}><button class="${className}">${label}<span class="unseen"> ${!label.includes(name) && name}</span></button></form>`
}

/** Without JavaScript the answer is a redirect to the page; htmx follows it and takes over what differs. */
const swap = (path: string): Html =>
  html`hx-post="${path}" hx-target="#main" hx-select="#main" hx-swap="outerMorph"`
