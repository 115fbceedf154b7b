/** Studies side by side: how good each got, how soon, and at what price. Which ones is in the address. */
import express, {type Request, Router} from 'express'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {readExportedStudy} from '../exported-study.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {chart} from '../parts/chart.ts'
import {bestByTime, bestByTrial, type Compared, comparedOf} from '../parts/compared.ts'
import {
  capitalized,
  formatDuration,
  formatEnergy,
  formatMetric,
  formatNumber,
  metricWords,
} from '../parts/format.ts'
import {stateBadge} from '../parts/study-parts.ts'
import {studyPicker} from '../parts/study-picker.ts'

/** A color each. */
const mostStudies = 6
/** Older ones are chosen from the page of all studies. */
const offered = 20

/** An export of 1,000 trials is about 2 MB. */
const mostUploadMb = 4

export const comparePage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  const page = (main: Html) => frame({title: 'Compare', current: '/compare', main}).markup

  router.get('/compare', (request, response) => {
    const asked = [request.query.study ?? []].flat().map(String)
    response.send(page(compareView(daemon, asked, {compared: [], problems: []})))
  })

  // Files are shown and forgotten: a page of them has no address of its own.
  router.post(
    '/compare',
    express.raw({type: 'multipart/form-data', limit: mostUploadMb * 1024 ** 2}),
    async (request, response) => {
      const form = await readUpload(request)
      const files = form.ok ? form.value.files : []
      const read = files.map(({name, text}) => readExportedStudy(name.slice(0, 100), text))
      const problems = [
        ...(form.ok ? [] : form.problems),
        ...(form.ok && read.length === 0 ? ['Expected a file, got none. Choose one first.'] : []),
        ...read.flatMap((one) => (one.ok ? [] : one.problems)),
      ]
      const asked = form.ok ? form.value.studies : []
      const compared = read.flatMap((one) => (one.ok ? [one.value] : []))
      response.status(problems.length > 0 ? 422 : 200)
      response.send(page(compareView(daemon, asked, {compared, problems})))
    },
  )
  return router
}

type Upload = {
  readonly studies: readonly string[]
  readonly files: readonly {readonly name: string; readonly text: string}[]
}

/** The body's size is limited before it comes here; Node's own fetch takes it apart. */
const readUpload = async (request: Request): Promise<Result<Upload>> => {
  const type = request.get('Content-Type') ?? ''
  const body = new Response(request.body, {headers: {'Content-Type': type}})
  const form = await body.formData().catch(() => undefined)
  if (!form) return refuse('Expected a whole form with files, got something else. Try again.')
  // A field for files that was left empty comes as a file without a name.
  const files = form.getAll('files').flatMap((one) => (typeof one === 'string' ? [] : one))
  return ok({
    studies: form.getAll('study').map(String),
    files: await Promise.all(
      files
        .filter(({name}) => name !== '')
        .map(async (file) => ({name: file.name, text: await file.text()})),
    ),
  })
}

/** Studies of files, and what was wrong with others. */
type Uploaded = {readonly compared: readonly Compared[]; readonly problems: readonly string[]}

const compareView = (daemon: Daemon, asked: readonly string[], uploaded: Uploaded): Html => {
  const ids = [...new Set(asked)]
  const found = ids.flatMap((id) => daemon.study(id) ?? [])
  const missing = ids.length - found.length
  const all = [
    ...found.map((study) => comparedOf(study, daemon.machine.model)),
    ...uploaded.compared,
  ]
  const shown = all.slice(0, mostStudies)
  const chosen = found.slice(0, mostStudies)
  return html`
<h1>Compare</h1>
${uploaded.problems.length > 0 && html`<div class="notice" role="alert">${uploaded.problems.map((problem) => html`<p>${problem}</p>`)}</div>`}
${missing > 0 && html`<p class="notice">${missing === 1 ? 'One study' : `${missing} studies`} of this address ${missing === 1 ? 'is' : 'are'} not on this box.</p>`}
${all.length > mostStudies && html`<p class="notice">${mostStudies} at once is the most. The first ${mostStudies} of ${all.length} are shown.</p>`}
${shown.length > 0 && resultView(distinct(shown))}
${choiceView(daemon.studies().toReversed(), chosen)}
${uploadView(chosen)}`
}

/** Another box's study comes as the file that its page exports. */
const uploadView = (chosen: readonly Study[]): Html => html`
<section>
<h2>With studies of other boxes</h2>
<form method="post" action="/compare" enctype="multipart/form-data" class="own stack">
${chosen.map(({id}) => html`<input type="hidden" name="study" value="${id}">`)}
<div class="field">
<label for="files">Files that were exported as JSON</label>
<input id="files" name="files" type="file" accept=".json,application/json" multiple required aria-describedby="files-hint">
<p class="hint" id="files-hint">They are shown beside the studies chosen above and not kept. ${mostUploadMb} MB together at most.</p>
</div>
<div><button>Compare with these files</button></div>
</form>
</section>`

const choiceView = (all: readonly Study[], chosen: readonly Study[]): Html => {
  if (all.length === 0) {
    return html`<p class="empty">No study yet: there is nothing to compare.</p><p><a class="button" href="/studies/new">New study</a></p>`
  }
  const ids = new Set<string>(chosen.map(({id}) => id))
  const shown = [...chosen, ...all.filter(({id}) => !ids.has(id)).slice(0, offered)]
  return html`<section>
<h2>${chosen.length > 0 ? 'Choose others' : 'Choose studies'}</h2>
${studyPicker(shown, ids)}
${all.length > shown.length && html`<p><a class="button" href="/studies">All ${all.length} studies</a></p>`}
</section>`
}

/** Studies of one name get a number. */
const distinct = (compared: readonly Compared[]): readonly Compared[] =>
  compared.map((one, i) => {
    const same = compared.filter(({label}) => label === one.label)
    return same.length > 1
      ? {...one, label: `${one.label} (${1 + same.indexOf(compared[i])})`}
      : one
  })

const resultView = (compared: readonly Compared[]): Html => {
  const metrics = [...new Set(compared.map(({objective}) => objective.metric))]
  return html`
${metrics.length > 1 && html`<p class="notice">These studies have different objectives: each has its own charts.</p>`}
${metrics.map((metric) => chartsView(metric, compared))}
<section class="scroll" tabindex="0" aria-label="Results">
${resultTable(compared)}
</section>`
}

const chartsView = (metric: string, all: readonly Compared[]): Html => {
  const compared = all.filter(({objective}) => objective.metric === metric)
  const yWords = (value: number) => formatMetric(metric, value)
  const name = capitalized(metricWords(metric))
  const byTime = compared.map((one) => ({label: one.label, points: bestByTime(one)}))
  const unit = timeUnit(Math.max(0, ...byTime.map(({points}) => points.at(-1)?.[0] ?? 0)))
  return html`<section class="pair" aria-label="${name}">
${chart({
  title: `Best ${metricWords(metric)} by trials`,
  series: compared.map((one) => ({label: one.label, marks: 'steps', points: bestByTrial(one)})),
  xWords: formatNumber,
  xLabel: 'trials',
  yWords,
  wholeX: true,
})}
${chart({
  title: `Best ${metricWords(metric)} by training time`,
  series: byTime.map(({label, points}) => ({
    label,
    marks: 'steps',
    points: points.map(([ms, value]) => [ms / unit.ms, value]),
  })),
  xWords: (x) => `${formatNumber(x)} ${unit.name}`,
  yWords,
  xRange: [0, 0],
})}
</section>`
}

const timeUnit = (longestMs: number) => {
  if (longestMs < 180_000) return {name: 's', ms: 1_000}
  return longestMs < 10_800_000 ? {name: 'min', ms: 60_000} : {name: 'h', ms: 3_600_000}
}

const resultTable = (compared: readonly Compared[]): Html => html`
<table class="compared">
<caption>Results</caption>
<thead><tr><th scope="col">Study</th><th scope="col">Best</th><th scope="col">Trials</th><th scope="col">Time</th><th scope="col">Energy</th><th scope="col">Optimizer</th><th scope="col">Trained by</th><th scope="col">Machine</th></tr></thead>
<tbody>${compared.map(
  (one) => html`<tr>
<th scope="row" class="compared-name">${one.path ? html`<a href="${one.path}">${one.label}</a>` : one.label} ${stateBadge(one.state)}</th>
<td>${
    one.best === undefined
      ? 'none yet'
      : html`<b>${formatMetric(one.objective.metric, one.best)}</b><small>${metricWords(one.objective.metric)}</small>`
  }</td>
<td>${one.endedTrials}</td>
<td>${formatDuration(one.activeMs)}</td>
<td>${one.energy ? formatEnergy(one.energy) : 'not measured'}</td>
<td>${one.optimizer}</td>
<td>${one.backend ?? '–'}</td>
<td>${one.machine}</td>
</tr>`,
)}</tbody>
</table>`
