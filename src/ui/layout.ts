/** The frame around every page: head, navigation, footer and the element that listens for live changes. */
import type {Daemon} from '../daemon/daemon.ts'
import type {Assets} from './assets.ts'
import {type Html, html} from './html.ts'
import {type PageIcon, pageIcon} from './parts/page-icons.ts'

type Page = {
  /** Starts with the state, so that a glance at the browser's tabs tells it. */
  readonly title: string
  /** The entry of the navigation that stands for this page. */
  readonly current?: string
  readonly main: Html
  /** Its own path and query, when the page changes by itself. */
  readonly livePath?: string
}

/** Puts a page into its frame. */
export type Frame = (page: Page) => Html

/** What every page is handed. */
export type PageParts = {readonly daemon: Daemon; readonly frame: Frame}

type Entry = {
  readonly path: string
  readonly label: string
  /** What the narrowest phones leave out of the label. */
  readonly rest?: string
  readonly icon: PageIcon
}

const navigation: readonly Entry[] = [
  {path: '/', label: 'Now', icon: 'now'},
  {path: '/studies/new', label: 'New', rest: ' study', icon: 'new'},
  {path: '/compare', label: 'Compare', icon: 'compare'},
  {path: '/device', label: 'Device', icon: 'device'},
  {path: '/data', label: 'Data', icon: 'data'},
  {path: '/settings', label: 'Settings', icon: 'settings'},
]

/**
 * `history` is off because no link or form here changes the address through htmx. What makes a chart a place for the
 * keyboard is set by our script, and morphing leaves it alone.
 */
const htmxConfig = JSON.stringify({
  extensions: 'sse',
  history: false,
  includeIndicatorCSS: false,
  noSwap: [204, 304, '5xx'],
  morphIgnore: ['data-htmx-powered', 'tabindex'],
})

/** The frame with the addresses of its files. */
export const pageFrame =
  (href: Assets['href'], machine: string): Frame =>
  (page) =>
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${page.title} – Simmer</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#1f1c18" media="(prefers-color-scheme: dark)">
<meta name="htmx-config" content="${htmxConfig}">
<link rel="icon" href="${href('icon.svg')}" type="image/svg+xml">
<link rel="apple-touch-icon" href="${href('icon-180.png')}">
<link rel="manifest" href="${href('simmer.webmanifest')}">
<link rel="stylesheet" href="${href('simmer.css')}">
${page.livePath && html`<noscript><meta http-equiv="refresh" content="10"></noscript>`}
<script src="${href('simmer.js')}" defer></script>
<script src="${href('htmx.js')}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
  <a class="brand" href="/"><img src="${href('icon.svg')}" alt="" width="28" height="28"><span>Simmer</span></a>
  <nav class="tabs" aria-label="Pages">${navigation.map(
    ({path, label, rest, icon}) =>
      html`<a href="${path}"${path === page.current && html` aria-current="page"`}>${pageIcon(icon)}<span>${label}${rest && html`<span class="rest">${rest}</span>`}</span></a>`,
  )}</nav>
</header>
<p id="connection" role="status"></p>
${page.livePath && liveElement(page.livePath)}
<main id="main" tabindex="-1">${page.main}</main>
<footer>${machine} · <a href="/api/v1/openapi.json">API</a></footer>
</body>
</html>`

/** Listens to the page's stream; its messages name the regions they change. */
const liveElement = (path: string): Html =>
  html`<div id="live" hx-sse:connect="${eventsPath(path)}"></div>`

/** Asks again every few seconds: what the stream's element becomes when there are too many streams. */
export const pollingElement = (path: string): Html =>
  html`<div id="live" hx-get="${eventsPath(path)}&amp;poll=1" hx-trigger="every 5s"></div>`

const eventsPath = (path: string): string => `/events?page=${encodeURIComponent(path)}`
