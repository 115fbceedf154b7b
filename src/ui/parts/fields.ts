/** Fields of forms: label, control, hint and problem belong together. Pure. */
import {type Html, html} from '../html.ts'

/** Sentences by the name of the field they belong to. */
export type Problems = ReadonlyMap<string, readonly string[]>

export type Field = {
  readonly name: string
  readonly label: string
  readonly hint?: string | Html
  readonly value: string
  readonly problems: Problems
  readonly inputmode?: 'numeric' | 'decimal'
  readonly isRequired?: boolean
  /** Whether its problems come and go while the form is filled in: then there is a place for them from the start. */
  readonly isLive?: boolean
}

/** One line of text or a number. Numbers are text fields: what is wrong with one is said by the daemon, in words. */
export const textField = (field: Field): Html =>
  withLabel(
    field,
    html`<input id="${field.name}" name="${field.name}" value="${field.value}" autocomplete="off"${
      field.inputmode && html` inputmode="${field.inputmode}"`
    }${field.isRequired && html` required`}${described(field)}>`,
  )

export const selectField = (
  field: Field & {readonly options: readonly (readonly [value: string, label: string])[]},
): Html =>
  withLabel(
    field,
    html`<select id="${field.name}" name="${field.name}"${described(field)}>${field.options.map(
      ([value, label]) =>
        html`<option value="${value}"${value === field.value && html` selected`}>${label}</option>`,
    )}</select>`,
  )

export const textareaField = (field: Field & {readonly rows: number}): Html =>
  withLabel(
    field,
    html`<textarea id="${field.name}" name="${field.name}" rows="${field.rows}" spellcheck="false" autocapitalize="off"${described(field)}>
${field.value}</textarea>`,
  )

/** A box or one of several choices; the whole line can be tapped. */
export const tick = (box: {
  readonly type: 'checkbox' | 'radio'
  readonly name: string
  readonly value: string
  readonly isChecked: boolean
  readonly label: Html
  readonly className?: string
}): Html =>
  html`<label class="tick ${box.className}"><input type="${box.type}" name="${box.name}" value="${box.value}"${
    box.isChecked && html` checked`
  }><span>${box.label}</span></label>`

/** A problem goes to the field whose name is the longest start of its path (`space.lr.0: …`), others to the top (``). */
export const problemsByField = (
  problems: readonly string[],
  names: readonly string[],
): Problems => {
  const byField = new Map<string, readonly string[]>()
  for (const problem of problems) {
    const [, path = '', sentence = ''] = /^`?([\w.]+)`?: (.*)$/s.exec(problem) ?? []
    const [field = ''] = names
      .filter((name) => path === name || path.startsWith(`${name}.`))
      .toSorted((a, b) => b.length - a.length)
    const rest = path.slice(field.length + 1)
    const shown = field ? `${rest && `${rest}: `}${sentence}` : problem
    byField.set(field, [...(byField.get(field) ?? []), shown])
  }
  return byField
}

/** The sentences under a field; nothing where there are none. */
export const problemsOf = (name: string, problems: Problems): Html =>
  html`${problems.has(name) && html`<p class="problem" id="${name}-problem">${problems.get(name)?.join(' ')}</p>`}`

/** The place for the sentences under a field; it says in the next request that there were some. */
export const liveProblemsOf = (name: string, problems: Problems): Html =>
  html`<p class="problem" aria-live="polite" id="${name}-problem">${problems.has(name) && html`${problems.get(name)?.join(' ')}<input type="hidden" name="wrong" value="${name}">`}</p>`

const withLabel = ({name, label, hint, problems, isLive}: Field, control: Html): Html => html`
<div class="field${problems.has(name) && ' wrong'}"${isLive && html` id="field-${name}"`}>
<label for="${name}">${label}</label>
${control}
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${isLive ? liveProblemsOf(name, problems) : problemsOf(name, problems)}
</div>`

const described = ({name, hint, problems}: Field): Html => {
  const isWrong = problems.has(name)
  const ids = [...(isWrong ? [`${name}-problem`] : []), ...(hint ? [`${name}-hint`] : [])]
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${isWrong && html` aria-invalid="true"`}`
}
