/**
 * How long pages and API take to answer while two real trials train, beside the same while nothing does: the same
 * requests one after the other over one connection, in turns of both in one run. The daemon is a process of its own,
 * as in the product; its study is paused in the turns without training.
 */
import {mkdtempSync, rmSync} from 'node:fs'
import {Agent, request} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import {freePort} from '../test/fixtures/free-port.ts'
import {startSimmer} from '../test/fixtures/simmer.ts'
import {quantile} from './optimizers/measure.ts'

type Row = {
  readonly path: string
  readonly idle: Times
  readonly training: Times
  /** Of the times at the 99th percentile: with two trials, by those without. */
  readonly ratio: number
}

type Times = {readonly p50Ms: number; readonly p99Ms: number}

type PagesBench = {
  readonly turns: number
  readonly requestsPerTurn: number
  readonly rows: readonly Row[]
  readonly all: Row
}

const turns = 4
const roundsPerTurn = 40
/** More than can be done in the time. */
const study = {
  name: 'bench',
  dataset: 'rail-signals',
  space: {lr: {loguniform: [0.001, 0.1]}, batch: {choice: [16, 32, 64]}, epochs: {choice: [3]}},
  budget: {trials: 5000},
  parallel: 2,
}
const trialsBefore = 4

/** Runs the benchmark, a few minutes, and prints a table, or one JSON document. */
const benchPages = async (json: boolean): Promise<void> => {
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'simmer-bench-'))
  const daemon = startSimmer(['serve'], {
    env: {SIMMER_HOME: home, SIMMER_PORT: String(port), SIMMER_BACKEND: 'wasm'},
  })
  const ask = openAsker(port)
  try {
    await daemon.says('Simmer is at')
    const {id} = JSON.parse((await ask('POST', '/api/v1/studies', JSON.stringify(study))).text)
    const trials = async () =>
      JSON.parse((await ask('GET', `/api/v1/studies/${id}`)).text).trial_counts
    await until(async () => (await trials()).complete >= trialsBefore)
    const paths = pathsOf(id)
    const measured = {idle: emptyOf(paths), training: emptyOf(paths)}
    for (let turn = 0; turn < turns; turn++) {
      await ask('POST', `/api/v1/studies/${id}/pause`)
      await until(async () => (await trials()).running === 0)
      await measure(ask, measured.idle)
      await ask('POST', `/api/v1/studies/${id}/resume`)
      await until(async () => (await trainingTrials(ask, id)) === 2)
      await measure(ask, measured.training)
    }
    const rows = paths.map((path) =>
      rowOf(path, [measured.idle.get(path) ?? []], [measured.training.get(path) ?? []]),
    )
    const all = rowOf('all together', [...measured.idle.values()], [...measured.training.values()])
    const bench = {turns, requestsPerTurn: roundsPerTurn * paths.length, rows, all}
    process.stdout.write(json ? `${JSON.stringify(bench)}\n` : textOf(bench))
  } finally {
    ask.close()
    daemon.child.kill('SIGTERM')
    await daemon.ended
    rmSync(home, {recursive: true, force: true, maxRetries: 5})
  }
}

/** Of the pages, what a person opens; of the API, what a program asks most. */
const pathsOf = (id: string): readonly string[] => [
  '/',
  '/studies/new',
  `/studies/${id}`,
  '/device',
  '/settings',
  '/api/v1/studies',
  `/api/v1/studies/${id}`,
  `/api/v1/studies/${id}/trials`,
  '/api/v1/devices',
  '/api/v1/datasets',
  '/api/v1/telemetry?limit=100',
  '/api/v1/settings',
]

type Asker = {
  (method: string, path: string, body?: string): Promise<{readonly text: string}>
  readonly close: () => void
}

/** Asks over one connection that stays open, as a browser does. */
const openAsker = (port: number): Asker => {
  const agent = new Agent({keepAlive: true, maxSockets: 1})
  const ask = (method: string, path: string, body?: string) =>
    new Promise<{readonly text: string}>((resolve, reject) => {
      const headers = {
        'Accept-Encoding': 'gzip',
        ...(body === undefined ? {} : {'Content-Type': 'application/json'}),
      }
      const asking = request({host: '127.0.0.1', port, method, path, agent, headers}, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk) => chunks.push(chunk))
        answer.on('end', () => {
          const bytes = Buffer.concat(chunks)
          const isPacked = answer.headers['content-encoding'] === 'gzip'
          const {statusCode = 0} = answer
          if (statusCode >= 400) reject(new Error(`${method} ${path} → ${statusCode}`))
          else resolve({text: (isPacked ? gunzipSync(bytes) : bytes).toString()})
        })
        answer.on('error', reject)
      })
      asking.on('error', reject)
      asking.end(body)
    })
  return Object.assign(ask, {close: () => agent.destroy()})
}

type Measured = ReadonlyMap<string, number[]>

const emptyOf = (paths: readonly string[]): Measured =>
  new Map(paths.map((path): [string, number[]] => [path, []]))

/** One request after the other, all paths in turns, with a pause as between the taps of a person in a hurry. */
const measure = async (ask: Asker, measured: Measured): Promise<void> => {
  for (let round = 0; round < roundsPerTurn; round++) {
    for (const [path, timesMs] of measured) {
      const startMs = performance.now()
      await ask('GET', path)
      timesMs.push(performance.now() - startMs)
      await sleep(5)
    }
  }
}

const longestWaitMs = 180_000

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  const endMs = Date.now() + longestWaitMs
  while (!(await isSo())) {
    if (Date.now() > endMs) throw new Error(`not so after ${longestWaitMs / 1000} s: ${isSo}`)
    await sleep(200)
  }
}

const trainingTrials = async (ask: Asker, id: string): Promise<number> => {
  const {text} = await ask('GET', `/api/v1/studies/${id}/trials?limit=1000`)
  const {items}: {readonly items: readonly {readonly progress?: object}[]} = JSON.parse(text)
  return items.filter(({progress}) => progress !== undefined).length
}

const rowOf = (
  path: string,
  idleMs: readonly (readonly number[])[],
  trainingMs: readonly (readonly number[])[],
): Row => {
  const [idle, training] = [timesOf(idleMs.flat()), timesOf(trainingMs.flat())]
  return {path, idle, training, ratio: rounded(training.p99Ms / idle.p99Ms)}
}

const timesOf = (timesMs: readonly number[]): Times => ({
  p50Ms: rounded(quantile(timesMs, 0.5)),
  p99Ms: rounded(quantile(timesMs, 0.99)),
})

const rounded = (value: number): number => Math.round(value * 10) / 10

const textOf = ({turns, requestsPerTurn, rows, all}: PagesBench): string =>
  [
    line('', ['idle', '', 'two trials train', '', '']),
    line('', ['median', '99 %', 'median', '99 %', 'ratio']),
    ...[...rows, all].map(({path, idle, training, ratio}) =>
      line(path, [
        ...[idle.p50Ms, idle.p99Ms, training.p50Ms, training.p99Ms].map((ms) => `${ms} ms`),
        `${ratio}`,
      ]),
    ),
    `${turns} turns of ${requestsPerTurn} requests each; the ratio is of the times at 99 %`,
    '',
  ].join('\n')

const line = (what: string, cells: readonly string[]): string =>
  what.padEnd(34).concat(...cells.map((cell) => cell.padStart(cell.length > 12 ? 18 : 12)))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await benchPages(process.argv.includes('--json'))
}
