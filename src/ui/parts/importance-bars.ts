/** Which parameters matter, as bars. Pure. */
import {type Importance, importanceOf} from '../../daemon/importance/importance.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import {capitalized, metricWords} from './format.ts'

type Known = Extract<Importance, {kind: 'known'}>

/** Smaller shares are no bars, only names. */
const smallestBar = 0.01

/** Hidden until there are enough trials to tell. */
export const importanceView = (study: Study): Html => {
  const known = importanceOf(study).filter((one) => one.kind === 'known')
  if (known.length === 0) return html`<section id="importance" hidden></section>`
  return html`
<section id="importance" aria-labelledby="importance-title">
<h2 id="importance-title">What matters</h2>
<p class="quiet">How much of the difference between settings each parameter explains by itself, learned from ${known[0].trials} complete trials.</p>
<div class="pair">
${known.map((one) => bars(one, study.settings.objectives.length > 1))}
</div>
</section>`
}

const bars = ({metric, parameters, rest}: Known, isTitled: boolean): Html => {
  const shown = parameters.filter(({share}) => share >= smallestBar)
  const others = parameters.filter(({share}) => share < smallestBar)
  return html`
<div class="bars">
${isTitled && html`<h3>${capitalized(metricWords(metric))}</h3>`}
<ol>
${shown.map(({name, share}) => bar(name, share, 'main'))}
${bar('interactions and chance', rest, 'rest')}
</ol>
${others.length > 0 && html`<p class="quiet">Under 1 %: ${others.map(({name}) => name).join(', ')}.</p>`}
</div>`
}

const bar = (name: string, share: number, kind: 'main' | 'rest'): Html => {
  const percent = Math.round(100 * share)
  return html`<li class="${kind}"><span>${name}</span> <b>${share > 0 && percent === 0 ? '< 1' : percent} %</b>
<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><path d="M0 0H${Math.round(1000 * share) / 10}V1H0z"/></svg></li>`
}
