/** /studies: the queue, its trials, and what a person does to a study. */
import {type Request, type Response, Router} from 'express'
import type {Daemon} from '../../daemon/daemon.ts'
import {exportFormats} from '../../daemon/exports/formats.ts'
import {importanceJson, studyJson, trialJson} from '../../daemon/exports/study-json.ts'
import {isFinished} from '../../daemon/studies/transitions.ts'
import {jsonIn, readsJson, readsValue, valueIn} from './bodies.ts'
import {mapped, pageOf} from './paging.ts'
import {demand, oneOf, studyIn} from './refusals.ts'
import {isKnown} from './tags.ts'

export const studyRoutes = (daemon: Daemon): Router => {
  const router = Router()

  router.get('/studies', (request, response) => {
    const studies = daemon.studies()
    const listing = demand(
      pageOf(studies, (study) => study.order, request.query),
      400,
    )
    if (isKnown(request, response, studies)) return
    response.json(mapped(listing, studyJson))
  })

  router.post('/studies', readsValue, async (request: Request, response: Response) => {
    const study = demand(await daemon.submit(valueIn(request, 'a study file')), 422)
    response.status(201).location(`/api/v1/studies/${study.id}`).json(studyJson(study))
  })

  router.get('/studies/:id', (request, response) => {
    const study = studyIn(daemon, request)
    if (isKnown(request, response, [study])) return
    response.json(studyJson(study))
  })

  router.patch('/studies/:id', readsJson, async (request: Request, response: Response) => {
    const study = studyIn(daemon, request)
    const changes = jsonIn(request, 'changes of a study')
    const status = isFinished(study) && asksForLimits(changes) ? 409 : 422
    response.json(studyJson(demand(await daemon.revise(study.id, changes), status)))
  })

  router.get('/studies/:id/trials', (request, response) => {
    const study = studyIn(daemon, request)
    const {trials, settings} = study
    const listing = demand(
      pageOf(trials, (trial) => trial.id, request.query),
      400,
    )
    if (isKnown(request, response, [study])) return
    response.json(mapped(listing, (trial) => trialJson(trial, settings.objectives)))
  })

  router.get('/studies/:id/importance', (request, response) => {
    const study = studyIn(daemon, request)
    if (isKnown(request, response, [study])) return
    response.json(importanceJson(study))
  })

  for (const action of ['pause', 'resume', 'cancel'] as const) {
    router.post(`/studies/:id/${action}`, async (request: Request, response: Response) => {
      response.json(studyJson(demand(await daemon[action](studyIn(daemon, request).id), 409)))
    })
  }

  router.get('/studies/:id/export', (request, response) => {
    const format = demand(oneOf('format', exportFormats, request.query.format ?? 'json'), 400)
    const study = studyIn(daemon, request)
    if (isKnown(request, response, [study])) return
    const file = demand(daemon.export(study.id, format), 404)
    response.attachment(file.fileName).type(file.contentType).send(file.text)
  })

  return router
}

/** A finished study has notes alone that can still be changed. */
const asksForLimits = (changes: unknown): boolean =>
  typeof changes === 'object' && changes !== null && ('budget' in changes || 'limits' in changes)
