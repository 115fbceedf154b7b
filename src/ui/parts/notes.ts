/** What a person wrote about a study, and where they write it. Pure. */
import type {Study} from '../../daemon/studies/study.ts'
import {mostNoteLetters} from '../../daemon/studies/transitions.ts'
import {type Html, html} from '../html.ts'
import {type Problems, textareaField} from './fields.ts'

/** `typed` is what was refused. */
export const notesView = (study: Study, problems: Problems, typed?: string): Html => {
  const address = `/studies/${study.id}/notes`
  return html`
<section id="study-notes">
<h2>Notes</h2>
${study.notes !== undefined && html`<p class="notes">${study.notes}</p>`}
<details${problems.size > 0 && html` open`}><summary>${study.notes === undefined ? 'Write a note' : 'Change the notes'}</summary>
<form class="stack" method="post" action="${address}" hx-post="${address}" hx-target="#main" hx-select="#main" hx-swap="outerMorph">
${textareaField({
  name: 'notes',
  label: 'Notes on this study',
  hint: `Kept with the study and in its exports. At most ${mostNoteLetters.toLocaleString('en-US')} letters.`,
  value: typed ?? study.notes ?? '',
  rows: 6,
  problems,
})}
<p class="buttons"><button>Keep the notes</button></p>
</form>
</details>
</section>`
}
