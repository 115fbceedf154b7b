/** The pictures of the navigation, drawn in the color of their words. Pure. */
import {type Html, html} from '../html.ts'

const paths = {
  now: 'M12 3a9 9 0 1 0 9 9M12 7v5l3 2M17 3h4v4',
  new: 'M12 5v14M5 12h14',
  compare: 'M4 20V4M4 20h16M8 16c3-8 6-1 12-10M8 12c4-6 7-6 12-7',
  device: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  data: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM13 13h7v6h-7z',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
} as const

export type PageIcon = keyof typeof paths

export const pageIcon = (name: PageIcon): Html =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${paths[name]}"/></svg>`
