/** Which pages change by themselves, by their address. */
import type {Daemon} from '../../daemon/daemon.ts'
import type {DeviceHistory} from '../device-history.ts'
import type {FindLivePage} from '../live/live.ts'
import {liveData} from './data.ts'
import {liveDevice} from './device.ts'
import {liveHome} from './home.ts'
import {liveStudy} from './study.ts'
import {liveStudyParameters} from './study-parameters.ts'

export const findLivePage =
  (daemon: Daemon, history: DeviceHistory): FindLivePage =>
  (pathAndQuery) => {
    if (!URL.canParse(pathAndQuery, base)) return undefined
    const {pathname, searchParams} = new URL(pathAndQuery, base)
    if (pathname === '/') return () => liveHome(daemon)
    if (pathname === '/data') return () => liveData(daemon)
    if (pathname === '/device') return () => liveDevice(daemon, history, searchParams)
    const [, id, tab] = /^\/studies\/([^/]+?)(\/parameters)?$/.exec(pathname) ?? []
    if (id === undefined || !daemon.study(id)) return undefined
    return () => {
      const study = daemon.study(id)
      return study && (tab ? liveStudyParameters : liveStudy)(study, searchParams)
    }
  }

/** Only to read a path by. */
const base = 'http://localhost'
