/** The form that narrows the trials of a table down by value and parameters. It changes nothing but the address. Pure. */
import type {StudySettings} from '../../daemon/studies/study.ts'
import {type Html, html} from '../html.ts'
import {type Problems, problemsOf, selectField} from './fields.ts'
import {metricWords} from './format.ts'
import {type FilterColumn, type TrialsQuery, valueColumn} from './trials-query.ts'

export const filterForm = (
  {objectives}: StudySettings,
  columns: readonly FilterColumn[],
  query: TrialsQuery,
  problems: Problems,
): Html => {
  const values = objectives.map(
    ({metric}, i): FilterColumn => ({
      kind: 'range',
      label: valueColumn(i),
      name: metricWords(metric),
    }),
  )
  return html`
<details${query.filters.size > 0 && html` open`}><summary>Filter by value and setting</summary>
<form class="stack card" method="get" action="#trials">
${query.sort !== 'number' && hidden('sort', query.sort)}
${query.isDown !== (query.sort === 'number') && hidden('order', query.isDown ? 'down' : 'up')}
${query.state && hidden('state', query.state)}
${query.curves.length > 0 && hidden('curves', query.curves.join(','))}
${[...values, ...columns].map((column) => fieldOf(column, query, problems))}
<p class="buttons"><button>Filter</button></p>
</form>
</details>`
}

const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`

const fieldOf = (column: FilterColumn, {filters}: TrialsQuery, problems: Problems): Html => {
  const {label, name} = column
  if (column.kind === 'options') {
    const field = `is.${label}`
    return selectField({
      name: field,
      label: name,
      value: filters.get(field) ?? '',
      problems,
      options: [['', 'any'], ...column.options.map((one) => [one, one] as const)],
    })
  }
  const bound = (kind: 'min' | 'max', words: string) => {
    const field = `${kind}.${label}`
    return html`<label>${words} <input id="${field}" name="${field}" value="${filters.get(field)}" inputmode="decimal" autocomplete="off"${problems.has(field) && html` aria-invalid="true" aria-describedby="${field}-problem"`}></label>${problemsOf(field, problems)}`
  }
  return html`
<div class="field${(problems.has(`min.${label}`) || problems.has(`max.${label}`)) && ' wrong'}" role="group" aria-label="${name}">
<b>${name}</b>
<div class="bounds flush">${bound('min', 'from')}${bound('max', 'to')}</div>
</div>`
}
