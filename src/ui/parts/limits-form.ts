/** The limits of a study as a form, and what was changed of them. Pure. */
import {limitsOfStudy} from '../../daemon/studies/limits.ts'
import type {LimitChange, Limits, Study} from '../../daemon/studies/study.ts'
import {isFinished} from '../../daemon/studies/transitions.ts'
import {type Html, html} from '../html.ts'
import {type Problems, problemsOf, textField} from './fields.ts'
import {numberOrWords} from './number-or-words.ts'

export const limitFields = ['budget.trials', 'budget.hours', 'limits.temperature_c'] as const

/** The form as changes in the words of the study file: an empty field takes its limit away. */
export const limitsAsked = (words: URLSearchParams) => {
  const limit = (name: (typeof limitFields)[number]) => {
    const written = words.get(name)?.trim()
    return written ? numberOrWords(written) : null
  }
  return {
    budget: {trials: limit('budget.trials'), hours: limit('budget.hours')},
    limits: {temperature_c: limit('limits.temperature_c')},
  }
}

/** Hidden once the study has ended. `words` are what was typed and refused. */
export const limitsForm = (study: Study, problems: Problems, words?: URLSearchParams): Html => {
  const {trials, hours, temperatureLimitC} = limitsOfStudy(study.settings)
  const field = (name: (typeof limitFields)[number], label: string, now: number | undefined) => ({
    name,
    label,
    value: words?.get(name) ?? String(now ?? ''),
    problems,
  })
  const address = `/studies/${study.id}/limits`
  return html`
<div id="limits"${isFinished(study) && html` hidden`}>
<details${problems.size > 0 && html` open`}><summary>Change its limits</summary>
<form class="stack card" method="post" action="${address}" hx-post="${address}" hx-target="#main" hx-select="#main" hx-swap="outerMorph">
${problemsOf('', problems)}
<div class="row">
${textField({...field('budget.trials', 'Trials', trials), hint: 'Empty: no limit.', inputmode: 'numeric'})}
${textField({...field('budget.hours', 'Hours of training', hours), hint: 'Empty: no limit.', inputmode: 'decimal'})}
</div>
${textField({...field('limits.temperature_c', 'Temperature limit, °C', temperatureLimitC), hint: 'Empty: the box’s own limit.', inputmode: 'decimal'})}
<p class="buttons"><button>Change the limits</button></p>
</form>
</details>
</div>`
}

/** A sentence for each change, oldest first. */
export const limitChangeWords = ({trial, before, after}: LimitChange): string =>
  `From trial ${trial} on: ${limitWords(after)}. Before: ${limitWords(before)}.`

const limitWords = ({trials, hours, temperatureLimitC}: Limits): string =>
  [
    ...(trials === undefined ? [] : [`${trials} trials`]),
    ...(hours === undefined ? [] : [`${hours} h`]),
    temperatureLimitC === undefined
      ? 'the box’s own temperature limit'
      : `at most ${temperatureLimitC} °C`,
  ].join(', ')
