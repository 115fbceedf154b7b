import assert from 'node:assert/strict'
import {test} from 'node:test'
import fc from 'fast-check'
import {html, raw} from '../../src/ui/html.ts'

const unescaped = (markup: string): string =>
  markup.replace(/&(amp|lt|gt|quot|#39|#96);/g, (entity) => {
    const signs: Readonly<Record<string, string>> = {
      '&amp;': '&',
      '&lt;': '<',
      '&gt;': '>',
      '&quot;': '"',
      '&#39;': "'",
      '&#96;': '`',
    }
    return signs[entity] ?? entity
  })

test('no text gets out of its place in an element or an attribute, and none is lost', () => {
  const nasty = fc.oneof(
    fc.string({unit: 'binary'}),
    fc.stringMatching(/^[<>"'`&=/a-z ]*$/),
    fc.constant('<script>alert(1)</script>'),
    fc.constant('"><img src=x onerror=alert(1)>'),
  )
  fc.assert(
    fc.property(nasty, nasty, (title, text) => {
      const {markup} = html`<p title="${title}">${text}</p>`
      const [, attribute, content] = /^<p title="([^"]*)">([^<>]*)<\/p>$/s.exec(markup) ?? []
      assert.equal(unescaped(attribute ?? ''), title)
      assert.equal(unescaped(content ?? ''), text)
    }),
  )
})

test('keeps Html as it is, joins lists and leaves out what is not there', () => {
  const items = ['a', '<b>'].map((text) => html`<li>${text}</li>`)
  const {markup} = html`<ul>${items}${undefined}${null}${false}${0}${raw('<hr>')}</ul>`
  assert.equal(markup, '<ul><li>a</li><li>&lt;b&gt;</li>0<hr></ul>')
})

test('an object that only looks like Html is text to the type checker and nothing to the page', () => {
  const forged = {markup: '<script>'}
  // @ts-expect-error Html has a private field: nothing else can pass for it.
  assert.throws(() => html`${forged}`)
})
