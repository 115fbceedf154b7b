/**
 * The page *New study*. Every field has a good value already; what is typed is checked as soon as a field is left, and a
 * rejected form keeps the user's words.
 */
import express, {type Request, Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {DatasetSummary} from '../../daemon/datasets/dataset.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {type Html, html, raw} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {estimateView} from '../parts/estimate-view.ts'
import {liveProblemsOf, type Problems, problemsByField} from '../parts/fields.ts'
import {presets, withPreset} from './presets.ts'
import {findStudy} from './study.ts'
import {
  defaultWords,
  fieldNamed,
  fileField,
  isFileForm,
  namesIn,
  studyFields,
  studyFileOf,
  wordsOfStudy,
} from './study-form.ts'

export const newStudyPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  /** `verdict` is what a person asked for: that the study is queued, or whether it could be. */
  const page = async (words: URLSearchParams, verdict?: Verdict, from?: Study) => {
    const checked = await check(daemon, words)
    const datasets = await daemon.datasets()
    return frame({
      title: verdict === 'refused' ? 'Not queued yet' : 'New study',
      current: '/studies/new',
      main: pageView({words, checked, datasets, daemon, verdict, from}),
    }).markup
  }

  router.get('/studies/new', async (request, response) => {
    const query = new URL(request.url, 'http://localhost').searchParams
    const original = query.get('from')
    if (original !== null) {
      const study = findStudy(daemon, original)
      response.send(await page(await duplicateOf(daemon, study), undefined, study))
      return
    }
    const words = defaultWords(await daemon.datasets(), daemon.studies().length + 1)
    const preset = presets.find(({name}) => name === query.get('preset'))
    if (query.get('as') === 'file') response.send(await page(new URLSearchParams({file: example})))
    else response.send(await page(preset ? withPreset(words, preset) : words))
  })

  const formBody = express.text({type: 'application/x-www-form-urlencoded', limit: '64kb'})
  router.post('/studies', formBody, async (request, response) => {
    const words = wordsIn(request)
    const file = studyFileOf(words)
    const study = file.ok ? await daemon.submit(file.value) : file
    if (study.ok) response.redirect(303, `/studies/${study.value.id}`)
    else response.status(422).send(await page(words, 'refused'))
  })

  router.post('/studies/check', formBody, async (request, response) => {
    const words = wordsIn(request)
    if (request.get('HX-Request')) {
      const checked = await check(daemon, words)
      response.send(changesView(words, checked, daemon).markup)
    } else response.send(await page(words, 'checked'))
  })
  return router
}

type Verdict = 'refused' | 'checked'

type Checked = {
  readonly problems: Problems
  /** Absent where there are problems. */
  readonly asked?: NonNullable<Parameters<typeof estimateView>[0]>
}

const wordsIn = (request: Request): URLSearchParams =>
  new URLSearchParams(typeof request.body === 'string' ? request.body : '')

/** By the parser that also decides what is queued. */
const check = async (daemon: Daemon, words: URLSearchParams): Promise<Checked> => {
  const file = studyFileOf(words)
  const settings = file.ok ? await daemon.check(file.value) : file
  if (!settings.ok) return {problems: problemsByField(settings.problems, namesIn(words))}
  const estimate = await daemon.estimate(settings.value)
  return {problems: new Map(), asked: {settings: settings.value, estimate}}
}

/** The easiest form that says exactly what the study was, under a name of its own. */
const duplicateOf = async (daemon: Daemon, study: Study): Promise<URLSearchParams> => {
  const named: Study = {...study, settings: {...study.settings, name: nextName(study, daemon)}}
  const ways = wordsOfStudy(named)
  for (const words of ways) {
    const file = studyFileOf(words)
    const settings = file.ok ? await daemon.check(file.value) : file
    if (settings.ok && JSON.stringify(settings.value) === JSON.stringify(named.settings)) {
      return words
    }
  }
  return ways.at(-1) ?? new URLSearchParams()
}

/** `night`, `night-2`, `night-3`. */
const nextName = ({settings}: Study, daemon: Daemon): string => {
  const [, stem = settings.name] = /^(.*?)(?:-\d+)?$/s.exec(settings.name) ?? []
  const short = stem.slice(0, 70)
  const taken = new Set(daemon.studies().map((one) => one.settings.name))
  let number = 2
  while (taken.has(`${short}-${number}`)) number++
  return `${short}-${number}`
}

const example = `name: my-program
command: python3 train.py --lr {lr} --layers {layers}
space:
  lr: { loguniform: [0.0001, 0.1] }
  layers: { uniformint: [1, 4] }
objective: { metric: val_accuracy, goal: maximize }
budget: { trials: 30 }
`

const pageView = ({
  words,
  checked,
  datasets,
  daemon,
  verdict,
  from,
}: {
  readonly words: URLSearchParams
  readonly checked: Checked
  readonly datasets: readonly DatasetSummary[]
  readonly daemon: Daemon
  readonly verdict: Verdict | undefined
  readonly from: Study | undefined
}): Html => {
  const {problems, asked} = checked
  return html`
<h1>New study</h1>
${from && html`<p class="quiet">Filled in from <a href="/studies/${from.id}">${from.settings.name}</a>. Change what you like.</p>`}
${verdict && verdictView(verdict, problems)}
<nav class="presets" aria-label="Fill the form">${presets.map(
    ({name, title, about}) =>
      html`<a class="card" href="/studies/new?preset=${name}"><b>${title}</b><small>${about}</small></a>`,
  )}</nav>
<form method="post" action="/studies" class="stack" hx-post="/studies/check" hx-trigger="change delay:100ms" hx-swap="none" hx-sync="this:replace">
${isFileForm(words) ? fileField(words) : studyFields(words, problems, datasets, daemon.machine)}
${liveProblemsOf('', problems)}
${estimateView(asked)}
<p class="buttons"><button class="primary">Queue this study</button><button formaction="/studies/check">Only check it</button></p>
</form>
<p>${
    isFileForm(words)
      ? html`<a href="/studies/new">Use the fields</a>`
      : html`<a href="/studies/new?as=file">Write it as a study file</a>, for programs of your own`
  }</p>`
}

/**
 * What a check changes of the form: problems that came, went or read otherwise, and the estimate. Nothing that was typed is
 * touched: fields are morphed, and groups get but their sentence.
 */
const changesView = (words: URLSearchParams, {problems, asked}: Checked, daemon: Daemon): Html => {
  const names = new Set([...problems.keys(), ...words.getAll('wrong')])
  const known = new Set(['', ...namesIn(words)])
  return html`${[...names].map((name) => {
    if (!known.has(name)) return undefined
    const field = fieldNamed(name, words, problems, daemon.machine)
    return field
      ? partial(`field-${name}`, field)
      : partial(`${name}-problem`, liveProblemsOf(name, problems))
  })}${partial('estimate', estimateView(asked))}`
}

const partial = (id: string, element: Html): Html =>
  html`<hx-partial hx-target="[id='${id}']" hx-swap="outerMorph">${raw(element.markup.trim())}</hx-partial>`

const verdictView = (verdict: Verdict, problems: Problems): Html =>
  verdict === 'checked' && problems.size === 0
    ? html`<p class="notice" role="status">All is well: it can be queued.</p>`
    : html`
<div class="notice" role="alert" tabindex="-1" id="problems" autofocus>
<p><b>${verdict === 'refused' ? 'The study was not queued.' : 'It cannot be queued yet.'}</b></p>
<ul>${[...problems].map(
        ([name, sentences]) =>
          html`<li>${name ? html`<a href="#${name}">${name}</a>: ${sentences.join(' ')}` : sentences.join(' ')}</li>`,
      )}</ul>
</div>`
