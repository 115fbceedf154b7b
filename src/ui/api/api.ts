/** The pages' resources as JSON under /api/v1, for programs and for our own command line. */
import express, {type Request, type Response, Router} from 'express'
import {parse as parseYaml} from 'yaml'
import type {Clock} from '../../daemon/base/clock.ts'
import {reasonOf} from '../../daemon/base/log.ts'
import {ok, type Result, refuse} from '../../daemon/base/result.ts'
import type {Daemon} from '../../daemon/daemon.ts'
import {exportFormats} from '../../daemon/exports/formats.ts'
import {importanceJson, studyJson, trialJson} from '../../daemon/exports/study-json.ts'
import type {Study} from '../../daemon/studies/study.ts'
import {readingJson} from '../../daemon/telemetry/reading-json.ts'
import {lanAddresses} from '../addresses.ts'
import {historyFormats, readHistoryRange, sendHistory} from '../history-download.ts'
import {HttpProblem} from '../http-problem.ts'
import {openapi} from './openapi.ts'
import {type Listing, pageOf} from './paging.ts'
import {datasetResource, deviceResource} from './resources.ts'

const yamlTypes = ['application/yaml', 'application/x-yaml', 'text/yaml']
const largestBody = '256kb'

export const apiRouter = ({
  daemon,
  clock,
  pairingCode,
}: {
  readonly daemon: Daemon
  readonly clock: Clock
  /** Absent where nobody logs in. */
  readonly pairingCode?: () => string
}): Router => {
  const router = Router()

  router.get('/openapi.json', (_request, response) => {
    response.json(openapi)
  })

  router.get('/studies', (request, response) => {
    const listing = demand(
      pageOf(daemon.studies(), (study) => study.order, request.query),
      400,
    )
    response.json(mapped(listing, studyJson))
  })

  router.post(
    '/studies',
    express.json({limit: largestBody}),
    express.text({limit: largestBody, type: yamlTypes}),
    async (request, response) => {
      const study = demand(await daemon.submit(studyFileIn(request)), 422)
      response.status(201).location(`/api/v1/studies/${study.id}`).json(studyJson(study))
    },
  )

  router.get('/studies/:id', (request, response) => {
    response.json(studyJson(find(daemon, request)))
  })

  router.get('/studies/:id/trials', (request, response) => {
    const {trials, settings} = find(daemon, request)
    const listing = demand(
      pageOf(trials, (trial) => trial.id, request.query),
      400,
    )
    response.json(mapped(listing, (trial) => trialJson(trial, settings.objectives)))
  })

  router.get('/studies/:id/importance', (request, response) => {
    response.json(importanceJson(find(daemon, request)))
  })

  for (const action of ['pause', 'resume', 'cancel'] as const) {
    router.post(`/studies/:id/${action}`, async (request: Request, response: Response) => {
      response.json(studyJson(demand(await daemon[action](find(daemon, request).id), 409)))
    })
  }

  router.get('/studies/:id/export', (request, response) => {
    const format = demand(oneOf('format', exportFormats, request.query.format ?? 'json'), 400)
    const file = demand(daemon.export(find(daemon, request).id, format), 409)
    response.attachment(file.fileName).type(file.contentType).send(file.text)
  })

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
    response.json(mapped(listing, readingJson))
  })

  router.get('/telemetry/log', async (request, response) => {
    const range = demand(readHistoryRange(request.query, clock.nowMs()), 400)
    const format = demand(oneOf('format', historyFormats, request.query.format ?? 'ndjson'), 400)
    await sendHistory(response, daemon, range, format)
  })

  return router
}

const oneOf = <T extends string>(name: string, known: readonly T[], asked: unknown): Result<T> => {
  const found = known.find((one) => one === asked)
  return found
    ? ok(found)
    : refuse(`${name}: expected one of ${known.join(', ')}, got ${String(asked)}.`)
}

/** The value, or an answer with the problems' sentences. */
const demand = <T>(result: Result<T>, status: number): T => {
  if (!result.ok) throw new HttpProblem(status, result.problems.join(' '))
  return result.value
}

const find = (daemon: Daemon, request: Request): Study => {
  const id = String(request.params.id)
  const study = daemon.study(id)
  if (!study) throw new HttpProblem(404, `There is no study ${id}. See /api/v1/studies.`)
  return study
}

const mapped = <T, U>(listing: Listing<T>, resource: (item: T) => U): Listing<U> => ({
  items: listing.items.map(resource),
  next: listing.next,
})

const studyFileIn = (request: Request): unknown => {
  if (request.is('application/json')) return request.body
  if (!request.is(yamlTypes)) {
    const type = request.get('Content-Type') ?? 'none'
    throw new HttpProblem(
      415,
      `Expected a study file as application/json or application/yaml, got content type ${type}.`,
    )
  }
  try {
    return parseYaml(request.body)
  } catch (cause) {
    throw new HttpProblem(400, `Expected the study file to be YAML: ${reasonOf(cause)}`)
  }
}
