/** The page of all studies, the newest first, from which some can be chosen for comparison. */
import {Router} from 'express'
import type {Study} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import {studyPicker} from '../parts/study-picker.ts'

const studiesAPage = 50

export const studiesPage = ({daemon, frame}: PageParts): Router => {
  const router = Router()
  router.get('/studies', (request, response) => {
    const main = studiesView(daemon.studies().toReversed(), Number(request.query.page))
    response.send(frame({title: 'All studies', main}).markup)
  })
  return router
}

const studiesView = (studies: readonly Study[], asked: number): Html => {
  const pages = Math.max(1, Math.ceil(studies.length / studiesAPage))
  const page = Number.isInteger(asked) ? Math.min(pages, Math.max(1, asked)) : 1
  return html`
<h1>All studies</h1>
${
  studies.length === 0
    ? html`<p class="empty">No study yet.</p><p><a class="button" href="/studies/new">New study</a></p>`
    : studyPicker(studies.slice((page - 1) * studiesAPage, page * studiesAPage), new Set())
}
${
  pages > 1 &&
  html`<nav class="choices" aria-label="Pages of studies">
${page > 1 && html`<a href="?page=${page - 1}" rel="prev">Newer</a>`}
<span>Page ${page} of ${pages}</span>
${page < pages && html`<a href="?page=${page + 1}" rel="next">Older</a>`}
</nav>`
}`
}
