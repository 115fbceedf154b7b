/** The page *Device*: readings of now and of the last hour, the log to download, and what the throttle ordered and why. */
import {type Request, type Response, Router} from 'express'
import type {Clock} from '../../daemon/base/clock.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Remark} from '../../daemon/machine/remark.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'
import {
  type DeviceHistory,
  type SpanHistory,
  type SpanName,
  spanNames,
  spans,
} from '../device-history.ts'
import {historyFormats, readHistoryRange, sendHistory} from '../history-download.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {deviceCharts} from '../parts/device-charts.ts'
import {capitalized, formatDate, formatTime} from '../parts/format.ts'
import {allTiles} from '../parts/tiles.ts'

/** `pairingCode` is absent where nobody logs in. */
export type DeviceParts = PageParts & {
  readonly clock: Clock
  readonly history: DeviceHistory
  readonly pairingCode?: () => string
}

const shownOrders = 30

const spanTitles: Readonly<Record<SpanName, string>> = {
  hour: 'Hour',
  day: 'Day',
  quarter: '90 days',
}

/** Each as fine as all of it is kept. */
const downloads = [
  {title: 'The last hour', grain: 'by seconds', query: 'from=PT1H'},
  {title: 'The last day', grain: 'by 10 seconds', query: 'from=P1D&resolution=10s'},
  {title: 'The last 90 days', grain: 'by minutes', query: 'from=P90D&resolution=1min'},
] as const

export const devicePage = ({daemon, frame, clock, history, pairingCode}: DeviceParts): Router => {
  const router = Router()

  router.get('/device', async (request, response) => {
    const span = readSpan(request.query.span)
    const {title, regions} = deviceRegions(daemon, span, await history.fresh(span))
    const main = deviceView(daemon.machine, regions, span, pairingCode?.())
    const livePath = `/device?span=${span}`
    response.send(frame({title, current: '/device', main, livePath}).markup)
  })

  for (const format of historyFormats) {
    router.get(`/device/log.${format}`, async (request: Request, response: Response) => {
      const range = readHistoryRange(request.query, clock.nowMs())
      if (!range.ok) throw new HttpProblem(400, range.problems.join(' '))
      await sendHistory(response, daemon, range.value, format)
    })
  }
  return router
}

export const liveDevice = (
  daemon: Daemon,
  history: DeviceHistory,
  query: URLSearchParams,
): LivePage => {
  const span = readSpan(query.get('span'))
  return deviceRegions(daemon, span, history.latest(span))
}

const readSpan = (asked: unknown): SpanName => spanNames.find((name) => name === asked) ?? 'hour'

const deviceRegions = (daemon: Daemon, span: SpanName, past: SpanHistory): LivePage => {
  const reading = daemon.readings().at(-1)
  const orders = ordersOf(past, daemon.orders())
  return {
    title: titleOf(reading),
    regions: [
      {id: 'readings', html: readingsView(reading)},
      {id: 'about', html: aboutView(daemon.remarks())},
      {
        id: 'charts',
        html: chartsView(span, past, orders),
        version: `${past.state} ${past.state === 'reading' ? '' : past.takenAtMs}`,
      },
      {id: 'orders', html: ordersView(span, orders)},
    ],
  }
}

/** Those of the log, and what was ordered since it was read. */
const ordersOf = (past: SpanHistory, latest: readonly Order[]): readonly Order[] => {
  if (past.state !== 'read') return latest
  const known = past.rows.flatMap(({orders}) => orders)
  const lastMs = known.at(-1)?.atMs ?? 0
  return [...known, ...latest.filter(({atMs}) => atMs > lastMs)]
}

const titleOf = (reading: Reading | undefined): string => {
  const temperatures = Object.values(reading?.temperaturesC ?? {})
  return temperatures.length ? `${Math.round(Math.max(...temperatures))} °C · Device` : 'Device'
}

const deviceView = (
  machine: Machine,
  regions: LivePage['regions'],
  span: SpanName,
  pairingCode: string | undefined,
): Html => {
  const [readings, about, charts, orders] = regions.map((region) => region.html)
  return html`
<h1>${machine.model}</h1>
<p class="quiet">${machine.cpu}, ${machine.cores} cores${machine.l4t && html`, L4T ${machine.l4t}`}</p>
${readings}
<h2 id="history">History</h2>
<nav class="spans" aria-label="How far back">${spanNames.map(
    (name) =>
      html`<a href="?span=${name}#history"${name === span && html` aria-current="true"`}>${spanTitles[name]}</a>`,
  )}</nav>
${charts}
${orders}
${about}
<section>
<h2>Download the log</h2>
<ul class="downloads">${downloads.map(
    ({title, grain, query}) =>
      html`<li><span>${title}<small>${grain}</small></span>${historyFormats.map(
        (format) =>
          html` <a class="button" href="/device/log.${format}?${query}" download aria-label="${title} as ${format.toUpperCase()}">${format.toUpperCase()}</a>`,
      )}</li>`,
  )}</ul>
</section>
${
  pairingCode &&
  html`<section>
<h2>Paired browsers</h2>
<p>To pair another one, open this address there and enter <b class="code">${pairingCode}</b></p>
<form method="post" action="/forget"><button>Forget this browser</button></form>
</section>`
}`
}

const chartsView = (span: SpanName, past: SpanHistory, orders: readonly Order[]): Html => html`
<section id="charts" class="pair" aria-label="${spanTitles[span]}">${chartsOf(span, past, orders)}</section>`

const chartsOf = (span: SpanName, past: SpanHistory, orders: readonly Order[]) => {
  switch (past.state) {
    case 'reading':
      return html`<p class="empty" role="status">Reading the log: that takes a moment.</p>`
    case 'failed':
      return html`<p class="notice">The log could not be read. The box’s journal says why; the page tries again by itself.</p>`
    case 'read': {
      if (past.rows.length === 0) {
        return html`<p class="empty">Nothing was recorded in this time.</p>`
      }
      const {ms, columnMs} = spans[span]
      // A box that was set up an hour ago shows that hour wide, not as a stroke at the edge of 90 days.
      const fromMs = Math.max(past.takenAtMs - ms, past.rows[0].atMs)
      const toMs = Math.max(past.takenAtMs, fromMs + columnMs)
      return deviceCharts({
        rows: past.rows,
        columnMs,
        orders: orders.filter(({atMs}) => atMs >= fromMs && atMs <= toMs),
        fromMs,
        toMs,
      })
    }
  }
}

const readingsView = (reading: Reading | undefined): Html => html`
<section id="readings" aria-label="Readings">
${
  reading
    ? html`${allTiles(reading)}<p class="quiet">Read at ${formatTime(reading.atMs, true)}</p>${reading.alarms.map(
        (alarm) => html`<p class="notice">${alarm}</p>`,
      )}`
    : html`<p class="empty">No reading yet.</p>`
}
</section>`

const aboutView = (remarks: readonly Remark[]): Html => html`
<section id="about">
<h2>About this box</h2>
<dl class="facts">${remarks.map(
  ({about, isGood, text, fix}) =>
    html`<div${!isGood && html` class="notice"`}><dt>${capitalized(about)}</dt><dd>${withCode(text)}${fix && html` <strong>${withCode(fix)}</strong>`}</dd></div>`,
)}</dl>
</section>`

/** What stands between backticks is to be typed. */
const withCode = (text: string): readonly (string | Html)[] =>
  text.split('`').map((part, i) => (i % 2 ? html`<code>${part}</code>` : part))

const ordersView = (span: SpanName, orders: readonly Order[]): Html => html`
<section id="orders">
<h2>What the throttle ordered</h2>
${
  orders.length
    ? html`<ol class="log">${orders
        .slice(-shownOrders)
        .toReversed()
        .map(
          ({atMs, reason, pace}) =>
            html`<li><time datetime="${new Date(atMs).toISOString()}">${span === 'hour' ? formatTime(atMs, true) : formatDate(atMs)}</time><span>${reason}<small>micro-batch ${pace.microBatch}, working ${Math.round(100 * pace.duty)} % of the time</small></span></li>`,
        )}</ol>${orders.length > shownOrders && html`<p class="quiet">The last ${shownOrders} of ${orders.length}. All of them are in the log below.</p>`}`
    : html`<p class="empty">No brake in this time.</p>`
}
</section>`
