/** The page *Device*: readings of now and of the last hour, the log to download, and what the throttle ordered and why. */
import {type Request, type Response, Router} from 'express'
import type {Clock} from '../../daemon/base/clock.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Remark} from '../../daemon/machine/remark.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'
import {historyFormats, readHistoryRange, sendHistory} from '../history-download.ts'
import {type Html, html} from '../html.ts'
import {HttpProblem} from '../http-problem.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {deviceCharts} from '../parts/device-charts.ts'
import {capitalized, formatTime} from '../parts/format.ts'
import {allTiles} from '../parts/tiles.ts'

export type DeviceParts = PageParts & {readonly clock: Clock}

const shownOrders = 30
/** Each as fine as all of it is kept. */
const downloads = [
  {title: 'The last hour, by seconds', query: 'from=PT1H'},
  {title: 'The last day, by 10 seconds', query: 'from=P1D&resolution=10s'},
  {title: 'The last 90 days, by minutes', query: 'from=P90D&resolution=1min'},
] as const
/** The charts cover an hour: a new second is not worth sending them again. */
const chartsEveryMs = 20_000

export const devicePage = ({daemon, frame, clock}: DeviceParts): Router => {
  const router = Router()

  router.get('/device', (_request, response) => {
    const {title, regions} = liveDevice(daemon)
    const main = deviceView(daemon.machine, regions)
    response.send(frame({title, current: '/device', main, livePath: '/device'}).markup)
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

export const liveDevice = (daemon: Daemon): LivePage => {
  const readings = daemon.readings()
  const reading = readings.at(-1)
  return {
    title: titleOf(reading),
    regions: [
      {id: 'readings', html: readingsView(reading)},
      {id: 'about', html: aboutView(daemon.remarks())},
      {
        id: 'charts',
        html: html`<section id="charts" class="pair" aria-label="The last hour">${deviceCharts(readings)}</section>`,
        version: String(Math.floor((reading?.atMs ?? 0) / chartsEveryMs)),
      },
      {id: 'orders', html: ordersView(daemon.orders())},
    ],
  }
}

const titleOf = (reading: Reading | undefined): string => {
  const temperatures = Object.values(reading?.temperaturesC ?? {})
  return temperatures.length ? `${Math.round(Math.max(...temperatures))} °C · Device` : 'Device'
}

const deviceView = (machine: Machine, regions: LivePage['regions']): Html => html`
<h1>${machine.model}</h1>
<p class="quiet">${machine.cpu}, ${machine.cores} cores${machine.l4t && html`, L4T ${machine.l4t}`}</p>
${regions.map((region) => region.html)}
<section>
<h2>Download the log</h2>
${downloads.map(
  ({title, query}) =>
    html`<p class="buttons">${title} ${historyFormats.map(
      (format) =>
        html`<a class="button" href="/device/log.${format}?${query}" download>${format.toUpperCase()}</a>`,
    )}</p>`,
)}
</section>`

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

const ordersView = (orders: readonly Order[]): Html => html`
<section id="orders">
<h2>Throttle</h2>
${
  orders.length
    ? html`<ol class="log">${orders
        .slice(-shownOrders)
        .toReversed()
        .map(
          ({atMs, reason, pace}) =>
            html`<li><time>${formatTime(atMs, true)}</time><span>${reason}<small>micro-batch ${pace.microBatch}, working ${Math.round(100 * pace.duty)} % of the time</small></span></li>`,
        )}</ol>`
    : html`<p class="empty">No brake so far.</p>`
}
</section>`
