import assert from 'node:assert/strict'
import {test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {
  exampleReading,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../../fixtures/fake-daemon.ts'
import {ask, serve} from '../serve.ts'

const warmDaemon = (seconds = 600) => {
  const daemon = fakeDaemon()
  for (let second = 0; second < seconds; second++) daemon.read(exampleReading(second))
  return daemon
}

/** The clock of the page, `second` seconds after the first reading. */
const clockAt = (second: number) => ({...systemClock, nowMs: () => exampleReading(second).atMs})

test('the device’s page shows what was read, over time, with what the throttle ordered and why', async (t) => {
  const daemon = warmDaemon()
  daemon.put(exampleStudy(exampleTrials(2)))
  daemon.order({
    atMs: exampleReading(300).atMs,
    pace: {microBatch: 16, duty: 0.3},
    reason: 'CPU at 76 °C.',
  })
  const server = await serve(t, {daemon, clock: clockAt(600)})
  const {text} = await ask(server, '/device')
  assert.match(text, /<dt>POM_5V_IN<\/dt>/)
  assert.match(text, /CPU at 76 °C.<small>micro-batch 16, working 30 % of the time/)
  const titles = [...text.matchAll(/<figcaption><b>([^<]+)/g)].map(([, title]) => title)
  assert.deepEqual(titles, [
    'Highest temperature',
    'Power',
    'Frequency',
    'Micro-batch',
    'Load and memory',
  ])
  assert.equal(text.match(/<path class="events" d="M[\d.]+ 10V164"/g)?.length, 5)
  assert.match(text, /throttle order: 1\."/)
  assert.match(text, /href="\?span=hour#history" aria-current="true"/)
})

test('hour, day and 90 days are links, and anything else is the hour', async (t) => {
  const daemon = warmDaemon()
  const server = await serve(t, {daemon, clock: clockAt(3 * 3600)})
  const hour = await ask(server, '/device')
  assert.match(hour.text, /Nothing was recorded in this time/)
  for (const span of ['day', 'quarter']) {
    const {text} = await ask(server, `/device?span=${span}`)
    assert.match(text, /<figcaption><b>Highest temperature/, span)
    assert.match(text, new RegExp(`href="\\?span=${span}#history" aria-current`))
    assert.match(text, new RegExp(`events\\?page=%2Fdevice%3Fspan%3D${span}`))
  }
  assert.match((await ask(server, '/device?span=%3Cb%3E')).text, /span=hour#history" aria-current/)
})

test('a log that takes long is said to be read, and comes with the next message', async (t) => {
  const daemon = warmDaemon()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const slow = {
    ...daemon,
    history: async function* (...range: Parameters<typeof daemon.history>) {
      await held
      yield* daemon.history(...range)
    },
  }
  const server = await serve(t, {daemon: slow, clock: clockAt(600)})
  assert.match((await ask(server, '/device')).text, /Reading the log: that takes a moment/)
  release()
  const later = await ask(server, '/device')
  assert.match(later.text, /<figcaption><b>Highest temperature/)
})

test('a log that cannot be read is told on the page and in the journal, and the page stands', async (t) => {
  const warnings: string[] = []
  const daemon = {
    ...warmDaemon(),
    // biome-ignore lint/correctness/useYield: it fails before its first row
    history: async function* () {
      throw new Error('the card is gone')
    },
  }
  const server = await serve(t, {
    daemon,
    clock: clockAt(600),
    log: {info: () => {}, warn: (text) => warnings.push(text), error: () => {}},
  })
  const {status, text} = await ask(server, '/device')
  assert.equal(status, 200)
  assert.match(text, /The log could not be read/)
  assert.deepEqual(warnings, ['The log could not be read for the page Device: the card is gone'])
})

test('the log is downloaded from the device’s page by range', async (t) => {
  const server = await serve(t, {daemon: warmDaemon(), clock: clockAt(600)})
  const csv = await ask(server, '/device/log.csv')
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(csv.headers['content-disposition'], 'attachment; filename=simmer-log.csv')
  assert.equal(csv.text.split('\r\n').length, 602)
  const lines = async (query: string) =>
    (await ask(server, `/device/log.ndjson?${query}`)).text.trim().split('\n')
  assert.equal((await lines('from=PT1M')).length, 60)
  assert.equal((await lines('from=P90D&resolution=1min')).length, 10)
  const bad = await ask(server, '/device/log.csv?from=yesterday')
  assert.equal(bad.status, 400)
  assert.match(bad.text, /from: expected a time such as 2026-11-24T16:00:00Z or ms since 1970/)
  const {text} = await ask(server, '/device')
  assert.match(text, /href="\/device\/log.csv\?from=P90D&amp;resolution=1min" download/)
})
