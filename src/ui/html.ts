/** The tag that every page is written with. It escapes whatever is put into it; it never builds HTML any other way. */

/** HTML that is safe to send. Only `html` and `raw` make it. */
export class Html {
  readonly #markup: string

  constructor(markup: string) {
    this.#markup = markup
  }

  get markup(): string {
    return this.#markup
  }
}

/** What may stand in a template: text is escaped, Html is kept, lists are joined, nothing is left out. */
export type HtmlValue = string | number | Html | false | null | undefined | readonly HtmlValue[]

/** Tagged template: html`<p title="${text}">${text}</p>`. Attributes must be quoted. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Html(strings.reduce((markup, text, i) => markup + markupOf(values[i - 1]) + text))

/** Takes our own constant as it is. Never for anything a person, a file or a device wrote. */
export const raw = (constant: string): Html => new Html(constant)

const markupOf = (value: HtmlValue): string => {
  if (value instanceof Html) return value.markup
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number') return String(value)
  if (!value) return ''
  return value.map(markupOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

const escaped = (text: string): string => text.replace(/[&<>"'`]/g, (sign) => entities[sign] ?? '')
