/** What a browser would post of a page's form, untouched. */
export const wordsOf = (page: string): URLSearchParams => {
  const words = new URLSearchParams()
  const form = page.slice(page.indexOf('action="/studies"'))
  for (const [tag] of form.matchAll(/<(input|select|textarea)\b[^>]*>/g)) {
    const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
    const name = attribute('name') ?? ''
    if (/type="(checkbox|radio)"/.test(tag) && !tag.includes(' checked')) continue
    const rest = form.slice(form.indexOf(tag) + tag.length)
    if (tag.startsWith('<select'))
      words.append(name, /value="([^"]*)" selected/.exec(rest)?.[1] ?? '')
    else if (tag.startsWith('<textarea'))
      words.append(name, rest.slice(1, rest.indexOf('</textarea>')))
    else words.append(name, attribute('value') ?? '')
  }
  return words
}
