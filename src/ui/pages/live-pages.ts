/** Which pages change by themselves, by their address. */
import type {Daemon} from '../../daemon/daemon.ts'
import type {FindLivePage} from '../live/live.ts'
import {liveDevice} from './device.ts'
import {liveHome} from './home.ts'
import {liveStudy} from './study.ts'
import {liveStudyParameters} from './study-parameters.ts'

export const findLivePage =
  (daemon: Daemon): FindLivePage =>
  (pathAndQuery) => {
    if (!URL.canParse(pathAndQuery, base)) return undefined
    const {pathname, searchParams} = new URL(pathAndQuery, base)
    if (pathname === '/') return () => liveHome(daemon)
    if (pathname === '/device') return () => liveDevice(daemon)
    const [, id, tab] = /^\/studies\/([^/]+?)(\/parameters)?$/.exec(pathname) ?? []
    if (id === undefined || !daemon.study(id)) return undefined
    return () => {
      const study = daemon.study(id)
      return study && (tab ? liveStudyParameters : liveStudy)(study, searchParams)
    }
  }

/** Only to read a path by. */
const base = 'http://localhost'
