/** The machine, its readings and log, its data sets, and how another browser comes in. */
import {Router} from 'express'
import type {Clock} from '../../daemon/base/clock.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import {readingJson} from '../../daemon/telemetry/reading-json.ts'
import {lanAddresses} from '../addresses.ts'
import {historyFormats, readHistoryRange, sendHistory} from '../history-download.ts'
import {mapped, pageOf} from './paging.ts'
import {demand, oneOf} from './refusals.ts'
import {datasetResource, deviceResource} from './resources.ts'
import {isKnown} from './tags.ts'

export type DeviceRouteParts = {
  readonly daemon: Daemon
  readonly clock: Clock
  /** Absent where nobody logs in. */
  readonly pairingCode?: () => string
}

export const deviceRoutes = ({daemon, clock, pairingCode}: DeviceRouteParts): Router => {
  const router = Router()

  router.get('/datasets', async (request, response) => {
    const indexed = (await daemon.datasets()).map((dataset, index) => ({dataset, index}))
    const listing = demand(
      pageOf(indexed, ({index}) => index, request.query),
      400,
    )
    response.json(mapped(listing, ({dataset}) => datasetResource(dataset)))
  })

  router.get('/devices', (_request, response) => {
    const {machine, activity, remarks, readings} = daemon
    const device = deviceResource(machine, activity(), remarks(), readings().at(-1))
    response.json({items: [device], next: null})
  })

  router.get('/pairing', (request, response) => {
    const addresses = pairingCode ? lanAddresses(request.socket.localPort ?? 0) : []
    response.json({code: pairingCode?.() ?? null, addresses})
  })

  router.get('/telemetry', (request, response) => {
    const newestFirst = daemon.readings().toReversed()
    const listing = demand(
      pageOf(newestFirst, (reading) => -reading.atMs, request.query),
      400,
    )
    if (isKnown(request, response, [...listing.items, listing.next])) return
    response.json(mapped(listing, readingJson))
  })

  router.get('/telemetry/log', async (request, response) => {
    const range = demand(readHistoryRange(request.query, clock.nowMs()), 400)
    const format = demand(oneOf('format', historyFormats, request.query.format ?? 'ndjson'), 400)
    await sendHistory(response, daemon, range, format)
  })

  return router
}
