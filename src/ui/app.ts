/** Which middleware stands where: refuse first, then let in, then answer. */
import compression from 'compression'
import express, {type Express} from 'express'
import helmet from 'helmet'
import type {Clock} from '../daemon/base/clock.ts'
import type {Log} from '../daemon/base/log.ts'
import type {Daemon} from '../daemon/daemon.ts'
import type {Settings} from '../daemon/settings.ts'
import {announcedName} from './addresses.ts'
import {answerNotFound, answerProblem} from './answer-problem.ts'
import {apiRouter} from './api/api.ts'
import type {Assets} from './assets.ts'
import {ownHostOnly, ownPagesOnly, pairedOnly} from './auth/gate.ts'
import type {Pairing} from './auth/pairing.ts'
import type {Sessions} from './auth/sessions.ts'
import {openDeviceHistory} from './device-history.ts'
import {pageFrame} from './layout.ts'
import {type Live, startLive} from './live/live.ts'
import {comparePage} from './pages/compare.ts'
import {dataPage} from './pages/data.ts'
import {devicePage} from './pages/device.ts'
import {homePage} from './pages/home.ts'
import {findLivePage} from './pages/live-pages.ts'
import {newStudyPage} from './pages/new-study.ts'
import {forgetRoute, pairPage} from './pages/pair.ts'
import {settingsPage} from './pages/settings.ts'
import {studiesPage} from './pages/studies.ts'
import {studyPage} from './pages/study.ts'
import {studyParametersPage} from './pages/study-parameters.ts'
import {studyTimelinePage} from './pages/study-timeline.ts'

/** What guards a box that others on the network can reach. */
export type Access = {readonly pairing: Pairing; readonly sessions: Sessions}

export type AppParts = {
  readonly daemon: Daemon
  readonly settings: Settings
  readonly log: Log
  readonly clock: Clock
  readonly assets: Assets
  readonly host: string
  readonly cliToken: string
  /** Absent on loopback: nobody logs in. */
  readonly access: Access | undefined
  /** Between two updates of a page, where not as usual. */
  readonly liveGapMs?: number
}

export const makeApp = (parts: AppParts): {readonly app: Express; readonly live: Live} => {
  const {daemon, settings, log, clock, assets, host, cliToken, access} = parts
  const frame = pageFrame(assets.href, daemon.machine.model)
  const history = openDeviceHistory({daemon, clock, log})
  const live = startLive(daemon, findLivePage(daemon, history), parts.liveGapMs)
  const pairingCode = access ? {pairingCode: access.pairing.code} : {}
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders)
  app.use(ownHostOnly(host, announcedName()))
  app.use(ownPagesOnly(access === undefined, cliToken))
  app.use(
    compression({
      filter: (request, response) =>
        !isStream(response.getHeader('Content-Type')) && compression.filter(request, response),
    }),
  )
  app.get('/healthz', (_request, response) => {
    response.json({status: 'ok'})
  })
  app.use(assets.router)
  if (access) {
    app.use(pairPage({frame, ...access}))
    app.use(pairedOnly(access.sessions, cliToken))
    app.use(forgetRoute(access.sessions))
  }
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-cache')
    next()
  })
  app.use(live.router)
  app.use('/api/v1', apiRouter({daemon, settings, clock, ...pairingCode}))
  app.use(homePage({daemon, frame}))
  app.use(studiesPage({daemon, frame}))
  app.use(newStudyPage({daemon, frame}))
  app.use(studyPage({daemon, frame}))
  app.use(dataPage({daemon, frame}))
  app.use(comparePage({daemon, frame}))
  app.use(devicePage({daemon, frame, clock, history, ...pairingCode}))
  app.use(studyParametersPage({daemon, frame}))
  app.use(studyTimelinePage({daemon, frame, clock}))
  app.use(settingsPage({settings, frame}))
  app.use(answerNotFound)
  app.use(answerProblem(frame, log))
  return {app, live}
}

const isStream = (contentType: unknown): boolean =>
  String(contentType).startsWith('text/event-stream')

/**
 * For plain HTTP on a LAN: what needs HTTPS is off. `same-origin` referrers, because `no-referrer` makes browsers send
 * `Origin: null` with our own forms.
 */
const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      manifestSrc: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
    },
  },
  referrerPolicy: {policy: 'same-origin'},
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  crossOriginEmbedderPolicy: false,
  originAgentCluster: false,
})
