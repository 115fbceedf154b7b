/** The page *Device*: readings of now and of the last hour, and what the throttle ordered and why. */
import {Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import type {Remark} from '../../daemon/machine/remark.ts'
import type {Machine, Reading} from '../../daemon/telemetry/reading.ts'
import {readingJson} from '../../daemon/telemetry/reading-json.ts'
import type {Order} from '../../daemon/throttle/throttle.ts'
import {type Html, html} from '../html.ts'
import type {PageParts} from '../layout.ts'
import type {LivePage} from '../live/regions.ts'
import {deviceCharts} from '../parts/device-charts.ts'
import {capitalized, formatTime} from '../parts/format.ts'
import {allTiles} from '../parts/tiles.ts'

/** `pairingCode` is absent where nobody logs in. */
export type DeviceParts = PageParts & {readonly pairingCode?: () => string}

const shownOrders = 30
/** The charts cover an hour: a new second is not worth sending them again. */
const chartsEveryMs = 20_000

export const devicePage = ({daemon, frame, pairingCode}: DeviceParts): Router => {
  const router = Router()

  router.get('/device', (_request, response) => {
    const {title, regions} = liveDevice(daemon)
    const main = deviceView(daemon.machine, regions, pairingCode?.())
    response.send(frame({title, current: '/device', main, livePath: '/device'}).markup)
  })

  router.get('/device/readings.ndjson', (_request, response) => {
    response.attachment('readings.ndjson').type('application/x-ndjson')
    response.send(
      daemon
        .readings()
        .map((reading) => `${JSON.stringify(readingJson(reading))}\n`)
        .join(''),
    )
  })

  router.get('/device/readings.csv', (_request, response) => {
    response.attachment('readings.csv').type('text/csv').send(csvOf(daemon.readings()))
  })
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

const deviceView = (
  machine: Machine,
  regions: LivePage['regions'],
  pairingCode: string | undefined,
): Html => html`
<h1>${machine.model}</h1>
<p class="quiet">${machine.cpu}, ${machine.cores} cores${machine.l4t && html`, L4T ${machine.l4t}`}</p>
${regions.map((region) => region.html)}
<section>
<h2>Download the last hour</h2>
<p class="buttons"><a class="button" href="/device/readings.csv" download>CSV</a><a class="button" href="/device/readings.ndjson" download>NDJSON</a></p>
</section>
${
  pairingCode &&
  html`<section>
<h2>Paired browsers</h2>
<p>To pair another one, open this address there and enter <b class="code">${pairingCode}</b></p>
<form method="post" action="/forget"><button>Forget this browser</button></form>
</section>`
}`

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

/** One column for each number of a reading: `temperatures_c.CPU`. */
const csvOf = (readings: readonly Reading[]): string => {
  const rows = readings.map((reading) => flattened(readingJson(reading)))
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))]
  const lines = rows.map((row) => columns.map((column) => cellOf(row.get(column) ?? '')))
  return [columns.map(cellOf), ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}

const flattened = (resource: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(resource).flatMap(([key, value]): readonly [string, string][] => {
      if (Array.isArray(value)) return [[key, value.join(' ')]]
      if (typeof value !== 'object' || value === null) return [[key, String(value)]]
      return Object.entries(value).map(([inner, cell]) => [`${key}.${inner}`, String(cell)])
    }),
  )

const cellOf = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
