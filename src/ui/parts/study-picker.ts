/** A list of studies with a box before each, to choose some for comparison. Pure. */
import type {Study} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import {isUnfinished, outcomeWords, progressWords, studyLink} from './study-parts.ts'

/** A plain form: what is chosen is in the address of the page that it leads to. */
export const studyPicker = (studies: readonly Study[], chosen: ReadonlySet<string>): Html => html`
<form action="/compare" class="picker">
<ul class="studies">${studies.map(
  (study) => html`<li>
<label class="pick"><input type="checkbox" name="study" value="${study.id}"${chosen.has(study.id) && html` checked`}><span class="unseen">Compare ${study.settings.name}</span></label>
<div>${studyLink(study)} <span class="quiet">${words(study)}</span></div>
</li>`,
)}</ul>
<p class="sticky"><button class="primary">Compare the chosen ones</button></p>
</form>`

const words = (study: Study): string =>
  isUnfinished(study) ? progressWords(study) : outcomeWords(study)
