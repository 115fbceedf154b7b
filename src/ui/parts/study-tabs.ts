/** The pages that one study has. Pure. */
import type {Study} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'

const tabs = [
  {path: '', label: 'Results'},
  {path: '/parameters', label: 'Parameters'},
  {path: '/timeline', label: 'Timeline'},
] as const

/** Name and pages of a study, the same on top of each of them. */
export const studyHeading = (
  {id, settings}: Study,
  current?: (typeof tabs)[number]['label'],
): Html => html`
<h1>${settings.name}</h1>
<nav class="choices" aria-label="Pages of this study">${tabs.map(
  ({path, label}) =>
    html`<a href="/studies/${id}${path}"${label === current && html` aria-current="page"`}>${label}</a>`,
)}</nav>`
