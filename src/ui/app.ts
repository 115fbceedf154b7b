/** Which middleware stands where: refuse first, then let in, then answer. */
import compression from 'compression'
import express, {type Express, type Response, Router} from 'express'
import helmet from 'helmet'
import type {Clock} from '../daemon/base/clock.ts'
import type {Log} from '../daemon/base/log.ts'
import type {Daemon} from '../daemon/daemon.ts'
import type {Settings} from '../daemon/settings.ts'
import {announcedName, lanAddresses} from './addresses.ts'
import {answerNotFound, answerProblem} from './answer-problem.ts'
import {accessApiPaths} from './api/access.ts'
import {apiRouter} from './api/api.ts'
import type {Assets} from './assets.ts'
import type {Access} from './auth/access.ts'
import {guestsOnly, ownersOnly, ownHostOnly, ownPagesOnly, recognize} from './auth/gate.ts'
import type {Naming} from './auth/same-origin.ts'
import {type Role, visitorOf} from './auth/visitor.ts'
import {type DeviceHistory, openDeviceHistory} from './device-history.ts'
import {type PageParts, pageFrame} from './layout.ts'
import {type Live, startLive} from './live/live.ts'
import {accessPage} from './pages/access.ts'
import {comparePage} from './pages/compare.ts'
import {dataPage} from './pages/data.ts'
import {devicePage} from './pages/device.ts'
import {homePage} from './pages/home.ts'
import {findLivePage} from './pages/live-pages.ts'
import {newStudyPage} from './pages/new-study.ts'
import {pairPage} from './pages/pair.ts'
import {settingsPage} from './pages/settings.ts'
import {studiesPage} from './pages/studies.ts'
import {studyPage} from './pages/study.ts'
import {studyParametersPage} from './pages/study-parameters.ts'
import {studyTimelinePage} from './pages/study-timeline.ts'
import {thisBrowserPage} from './pages/this-browser.ts'

export type AppParts = {
  readonly daemon: Daemon
  readonly settings: Settings
  readonly log: Log
  readonly clock: Clock
  readonly assets: Assets
  readonly naming: () => Naming
  readonly cliToken: string
  /** Absent on loopback: nobody logs in. */
  readonly access: Access | undefined
  /** By which browsers find us without a warning, over TLS. */
  readonly certifiedNames: readonly string[]
  /** Between two updates of a page, where not as usual. */
  readonly liveGapMs?: number
}

export const makeApp = (parts: AppParts): {readonly app: Express; readonly live: Live} => {
  const {daemon, settings, log, clock, assets, naming, cliToken, access, certifiedNames} = parts
  const {model} = daemon.machine
  const frames = {
    owner: pageFrame(assets.href, model, access ? 'owner' : 'owner-on-loopback'),
    reader: pageFrame(assets.href, model, 'reader'),
    stranger: pageFrame(assets.href, model, 'stranger'),
  }
  const frameFor = (response: Response) => frames[visitorOf(response)?.role ?? 'stranger']
  const addresses = ({socket}: {readonly socket: {readonly localPort?: number | undefined}}) =>
    access ? lanAddresses(socket.localPort ?? 0, naming().scheme, certifiedNames) : []
  const history = openDeviceHistory({daemon, clock, log})
  const live = startLive(daemon, findLivePage(daemon, history), parts.liveGapMs)
  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders)
  app.use(ownHostOnly(naming, announcedName()))
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
  app.use(recognize(access, cliToken))
  app.use(ownPagesOnly(access === undefined))
  if (access) app.use(pairPage({frame: frames.stranger, access}))
  app.use(guestsOnly)
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'private, no-cache')
    next()
  })
  if (access) app.use(thisBrowserPage({frameFor, sessions: access.sessions}))
  app.use(ownersOnly('changes', {except: lookingPosts}))
  app.use(
    [...ownersPages, ...accessApiPaths.map((path) => `/api/v1${path}`)],
    ownersOnly('everything'),
  )
  app.use(accessPage({frame: frames.owner, access, addresses, nowMs: clock.nowMs}))
  app.use(live.router)
  app.use('/api/v1', apiRouter({daemon, settings, clock, access, addresses}))
  const more = {clock, settings, history}
  app.use(pagesFor('owner', {daemon, frame: frames.owner, mayChange: true}, more))
  app.use(pagesFor('reader', {daemon, frame: frames.reader, mayChange: false}, more))
  app.use(answerNotFound)
  app.use(answerProblem(frameFor, log))
  return {app, live}
}

/** What there is to see on them is not for readers, or is there to change something. */
const ownersPages = ['/access', '/studies/new']

/** Files are compared and forgotten: this changes nothing. */
const lookingPosts = ['/compare']

/** The pages as one role sees them. */
const pagesFor = (
  role: Role,
  parts: PageParts,
  {
    clock,
    settings,
    history,
  }: Pick<AppParts, 'clock' | 'settings'> & {readonly history: DeviceHistory},
): Router => {
  const router = Router()
  router.use((_request, response, next) =>
    next(visitorOf(response)?.role === role ? undefined : 'router'),
  )
  router.use(homePage(parts))
  router.use(studiesPage(parts))
  router.use(newStudyPage(parts))
  router.use(studyPage(parts))
  router.use(studyParametersPage(parts))
  router.use(studyTimelinePage({...parts, clock}))
  router.use(dataPage(parts))
  router.use(comparePage(parts))
  router.use(devicePage({...parts, clock, history}))
  router.use(settingsPage({...parts, settings}))
  return router
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
