/** `simmer doctor`: what this machine has and lacks, with the fix for each line. */
import {existsSync, statfsSync} from 'node:fs'
import {availableParallelism, freemem, totalmem} from 'node:os'
import {dirname} from 'node:path'
import type {Remark} from '../daemon/machine/remark.ts'
import {type App, complain, type ExitCode} from './app.ts'

type Finding = {
  readonly what: string
  readonly isGood: boolean
  readonly found: string
  readonly fix?: string
}

/** Ends with 1 where something stands in the way of a study. */
export const doctor = async (options: {readonly json?: boolean}, app: App): Promise<ExitCode> => {
  const config = app.readConfig()
  if (!config.ok) {
    complain(app, config.problems)
    return 2
  }
  const {home, host} = config.value.config
  const findings = [
    nodeFinding(),
    memoryFinding(),
    diskFinding(nearestFolder(home)),
    ...(await deviceFindings(app)),
    hostFinding(host),
  ]
  const backend = await app.tryBackend(config.value.config)
  findings.push({
    what: 'training backend',
    isGood: backend.ok,
    found: backend.ok ? backend.value : backend.problems.join(' '),
    ...(backend.ok ? {} : {fix: 'Set SIMMER_BACKEND=auto, which takes the best one that works.'}),
  })
  // A supply that is weak, or was last night, keeps no study from running.
  const remarks = (await app.aboutMachine(config.value.config)).map(remarkFinding)
  const told = [...findings, ...remarks]
  if (options.json) app.print(JSON.stringify({findings: told}))
  else for (const finding of told) app.print(lineOf(finding))
  return findings.every((finding) => finding.isGood) ? 0 : 1
}

const lineOf = ({what, isGood, found, fix}: Finding): string =>
  `${isGood ? 'ok  ' : 'FIX '}  ${what.padEnd(18)}  ${found}${fix ? `  → ${fix}` : ''}`

const nodeFinding = (): Finding => ({
  what: 'Node.js',
  isGood: true,
  found: `${process.versions.node} on ${process.platform} ${process.arch}, ${availableParallelism()} cores`,
})

const leastMemory = 1.5 * 2 ** 30

const memoryFinding = (): Finding => {
  const isGood = totalmem() >= leastMemory
  return {
    what: 'memory',
    isGood,
    found: `${gib(freemem())} of ${gib(totalmem())} free`,
    ...(isGood ? {} : {fix: 'Add swap or zram; a study needs about 0.5 GiB beside the system.'}),
  }
}

/** The home may not be there yet; its disk is. */
const nearestFolder = (path: string): string =>
  existsSync(path) ? path : nearestFolder(dirname(path))

const leastDisk = 2 ** 30

const diskFinding = (folder: string): Finding => {
  const {bavail, bsize} = statfsSync(folder)
  const free = bavail * bsize
  const isGood = free >= leastDisk
  return {
    what: 'disk',
    isGood,
    found: `${gib(free)} free for SIMMER_HOME`,
    ...(isGood ? {} : {fix: 'Free some space, or choose another SIMMER_HOME.'}),
  }
}

const deviceFindings = async (app: App): Promise<readonly Finding[]> => {
  const sensors = await app.openSensors()
  if (!sensors.ok) return []
  const {machine} = sensors.value
  const reading = await sensors.value.read()
  const zones = Object.keys(reading.temperaturesC)
  return [
    {what: 'machine', isGood: true, found: `${machine.model}, ${machine.cpu}`},
    {
      what: 'temperature',
      isGood: true,
      found: zones.length
        ? zones.join(', ')
        : 'no sensor can be read; the throttle watches memory alone',
    },
  ]
}

const remarkFinding = ({about, text, ...rest}: Remark): Finding => ({
  what: about,
  found: text,
  ...rest,
})

const hostFinding = (host: string): Finding => ({
  what: 'web UI',
  isGood: true,
  found:
    host === '127.0.0.1' || host === 'localhost'
      ? `bound to ${host}: reached from this machine alone. SIMMER_HOST=0.0.0.0 opens it to the LAN, behind pairing`
      : `bound to ${host}, behind pairing`,
})

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
