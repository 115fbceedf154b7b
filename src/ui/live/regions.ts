/**
 * What of a page changes by itself. A page and its live updates are made of the same regions, so they cannot differ.
 */
import {type Html, html, raw} from '../html.ts'

/** One element of a page that is replaced as a whole. */
export type Region = {
  /** The id of the element that `html` is. */
  readonly id: string
  readonly html: Html
  /** Stands for what `html` says where the parts inside are regions of their own. The markup itself if absent. */
  readonly version?: string
}

/** All of a page that changes. */
export type LivePage = {readonly title: string; readonly regions: readonly Region[]}

/** The htmx message that turns `before` into `after`; undefined when they look the same. */
export const changesBetween = (before: LivePage | undefined, after: LivePage): Html | undefined => {
  const known = new Map(before?.regions.map((region) => [region.id, versionOf(region)]))
  const changed = after.regions.filter((region) => known.get(region.id) !== versionOf(region))
  const retitled = before?.title !== after.title
  if (!changed.length && !retitled) return undefined
  return html`${retitled && html`<title>${after.title} – Simmer</title>`}${changed.map(partial)}`
}

/** No white space around the element: morphing would leave it in the page, a little more each time. */
const partial = ({id, html: element}: Region): Html =>
  html`<hx-partial hx-target="#${id}" hx-swap="outerMorph">${raw(element.markup.trim())}</hx-partial>`

const versionOf = (region: Region): string => region.version ?? region.html.markup
