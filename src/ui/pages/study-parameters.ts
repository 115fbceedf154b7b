/** How the settings of a study and its results hang together: which parameters matter, and where they are good. */
import {Router} from 'express'
import {importanceOf} from '../../daemon/importance/importance.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {completeTrials} from '../../daemon/studies/summary.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {selectField} from '../parts/fields.ts'
import {capitalized, metricWords} from '../parts/format.ts'
import {heatMap} from '../parts/heat-map.ts'
import {importanceView} from '../parts/importance-bars.ts'
import {parallelCoordinates} from '../parts/parallel-coordinates.ts'
import {sampledTrials, sampledWords} from '../parts/sampled.ts'
import {slicePlots} from '../parts/slice-plots.ts'
import {studyHeading} from '../parts/study-tabs.ts'
import {findStudy} from './study.ts'

/** Pictures of one or two trials show nothing. */
const fewestTrials = 3

export const studyParametersPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  router.get('/studies/:id/parameters', (request, response) => {
    const study = findStudy(daemon, request.params.id)
    const query = new URL(request.url, 'http://localhost').searchParams
    const {title, regions} = liveStudyParameters(study, query)
    const main = html`${studyHeading(study, 'Parameters')}${regions.map((region) => region.html)}`
    response.send(frame({title, main, livePath: request.originalUrl}).markup)
  })
  return router
}

/** What changes of the page: anew with each trial that is complete. */
export const liveStudyParameters = (study: Study, query: URLSearchParams): LivePage => {
  const trials = completeTrials(study)
  const wishes = JSON.stringify([...query])
  const known = drawn.get(study.settings)
  if (known?.wishes === wishes && isSame(known.trials, trials)) return known.page
  const page: LivePage = {
    title: `Parameters · ${study.settings.name}`,
    regions: [
      {id: 'importance', html: importanceView(study)},
      {id: 'pictures', html: picturesView(study, readWishes(study, query), trials.length)},
    ],
  }
  drawn.set(study.settings, {trials, wishes, page})
  return page
}

/** The last page of each study: most of its changes are progress, and thousands of trials are not drawn for that. */
const drawn = new WeakMap<
  Study['settings'],
  {readonly trials: readonly unknown[]; readonly wishes: string; readonly page: LivePage}
>()

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

type Wishes = {
  /** Which objective, by its place. */
  readonly objective: number
  /** The parameters in the order of their importance, by label. */
  readonly labels: readonly string[]
  /** Those of the heat map. */
  readonly across: string | undefined
  readonly down: string | undefined
}

/** Unless told, the heat map shows the two parameters that matter most. */
const readWishes = (study: Study, query: URLSearchParams): Wishes => {
  const {objectives, space} = study.settings
  const objective = query.get('objective') === '1' && objectives.length > 1 ? 1 : 0
  const known = importanceOf(study)[objective]
  const labels =
    known?.kind === 'known'
      ? known.parameters.map(({label}) => label)
      : space.parameters.map(({label}) => label)
  const asked = (name: string) => labels.find((label) => label === query.get(name))
  const across = asked('across') ?? labels.find((label) => label !== asked('down'))
  const down = asked('down') === across ? undefined : asked('down')
  return {objective, labels, across, down: down ?? labels.find((label) => label !== across)}
}

const picturesView = (study: Study, wishes: Wishes, count: number): Html => {
  if (count < fewestTrials) {
    return html`<section id="pictures"><p class="empty">Pictures of the settings come with the third complete trial; so far there ${count === 1 ? 'is 1' : `are ${count}`}.</p></section>`
  }
  const {objective, labels, across, down} = wishes
  return html`
<section id="pictures">
${study.settings.objectives.length > 1 && objectiveLinks(study, objective)}
<section aria-labelledby="settings-title">
<h2 id="settings-title">Settings and results</h2>
${parallelCoordinates(study, objective)}
</section>
<section aria-labelledby="slices-title">
<h2 id="slices-title">Each parameter by itself</h2>
<p class="quiet">A dot is a complete trial. ${sampledWords(sampledTrials(study, objective, 1500 / labels.length))}</p>
<div class="pair">${slicePlots(study, objective, labels)}</div>
</section>
${across !== undefined && down !== undefined && pairView(study, {...wishes, across, down})}
</section>`
}

const objectiveLinks = ({settings, id}: Study, current: number): Html => html`
<nav class="choices wrap" aria-label="Objective">${settings.objectives.map(
  ({metric}, i) =>
    html`<a href="/studies/${id}/parameters?objective=${i}"${i === current && html` aria-current="true"`}>${capitalized(metricWords(metric))}</a>`,
)}</nav>`

const pairView = (
  study: Study,
  {objective, labels, across, down}: Wishes & {readonly across: string; readonly down: string},
): Html => {
  const options = labels.map((label) => [label, label] as const)
  const field = {options, problems: new Map()}
  return html`
<section aria-labelledby="pair-title">
<h2 id="pair-title">Two parameters together</h2>
${heatMap(study, objective, across, down)}
${
  labels.length > 2 &&
  html`<form class="stack" method="get" action="#pair-title">
${objective > 0 && html`<input type="hidden" name="objective" value="${objective}">`}
<div class="row">
${selectField({...field, name: 'across', label: 'Across', value: across})}
${selectField({...field, name: 'down', label: 'Down', value: down})}
</div>
<p class="buttons"><button>Show these two</button></p>
</form>`
}
</section>`
}
