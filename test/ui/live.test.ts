import assert from 'node:assert/strict'
import {get, type IncomingMessage} from 'node:http'
import {type TestContext, test} from 'node:test'
import {html} from '../../src/ui/html.ts'
import {type Message, openChannel} from '../../src/ui/live/channel.ts'
import {changesBetween} from '../../src/ui/live/regions.ts'
import {exampleReading, exampleStudy, exampleTrials, fakeDaemon} from '../fixtures/fake-daemon.ts'
import {ask, serve} from './serve.ts'

const tinyPage = (heat: string) => ({
  title: 'Now',
  regions: [
    {id: 'heat', html: html` <p id="heat">${heat}</p> `},
    {id: 'rest', html: html`<p id="rest">same</p>`},
  ],
})

test('a message holds just the regions that look different, trimmed for morphing', () => {
  const change = changesBetween(tinyPage('60 °C'), tinyPage('61 °C'))
  assert.equal(
    change?.markup,
    '<hx-partial hx-target="#heat" hx-swap="outerMorph"><p id="heat">61 °C</p></hx-partial>',
  )
  assert.equal(changesBetween(tinyPage('61 °C'), tinyPage('61 °C')), undefined)
})

test('a new title is sent without any region', () => {
  const change = changesBetween(tinyPage('60 °C'), {...tinyPage('60 °C'), title: '<Done>'})
  assert.equal(change?.markup, '<title>&lt;Done&gt; – Simmer</title>')
})

test('a region with a version is sent when the version changes, not with its markup', () => {
  const page = (markup: string, version: string) => ({
    title: 'Now',
    regions: [{id: 'table', html: html`<b id="table">${markup}</b>`, version}],
  })
  assert.equal(changesBetween(page('a', '1'), page('b', '1')), undefined)
  assert.ok(changesBetween(page('a', '1'), page('a', '2')))
})

test('who comes back gets what was missed, who is unknown gets the present', () => {
  const waiting: Message[] = []
  const channel = openChannel('e', {
    changes: () => waiting.splice(0),
    present: () => [{data: 'all'}],
  })
  for (const data of ['one', 'two', 'three']) {
    waiting.push({data})
    channel.update()
  }
  assert.deepEqual(
    channel.catchUp('e-1').map(({data, id}) => [data, id]),
    [
      ['two', 'e-2'],
      ['three', 'e-3'],
    ],
  )
  assert.deepEqual(channel.catchUp('e-3'), [])
  for (const unknown of [undefined, 'before-2', 'e-99']) {
    assert.deepEqual(channel.catchUp(unknown), [{data: 'all', id: 'e-3'}])
  }
})

test('a page’s stream starts with the whole page and goes on with what changes', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(4)))
  const server = await serve(t, {daemon})
  const stream = await listen(t, server.port, '/events?page=%2Fstudies%2Fa')
  const first = await stream.next()
  assert.match(first.data, /hx-target="#status"/)
  assert.match(first.data, /hx-target="#trials"/)
  assert.match(first.lines.join('\n'), /^retry: 2000$/m)

  daemon.put(exampleStudy(exampleTrials(4), {activeMs: 60_000}))
  const second = await stream.next()
  assert.match(second.data, /hx-target="#status"/)
  assert.doesNotMatch(second.data, /hx-target="#(trials|charts|best)"/)
  assert.notEqual(second.id, first.id)
})

test('a finished trial changes its row, a new one the table', async (t) => {
  const daemon = fakeDaemon()
  const [one, two] = exampleTrials(3)
  assert.ok(one && two)
  const running = exampleTrials(2).slice(1)
  daemon.put(exampleStudy([one, ...running]))
  const server = await serve(t, {daemon})
  const stream = await listen(t, server.port, '/events?page=%2Fstudies%2Fa')
  await stream.next()
  daemon.put(exampleStudy([one, two]))
  const finished = await stream.next()
  assert.match(finished.data, /hx-target="#trial-1"/)
  assert.doesNotMatch(finished.data, /hx-target="#trials"/)
  daemon.put(exampleStudy(exampleTrials(3)))
  assert.match((await stream.next()).data, /hx-target="#trials"/)
})

test('programs hear of studies, readings and orders as JSON, of many changes the last', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const stream = await listen(t, server.port, '/events')
  for (let second = 0; second < 50; second++) daemon.read(exampleReading(second))
  daemon.put(exampleStudy(exampleTrials(2)))
  daemon.order({atMs: 1, pace: {microBatch: 8, duty: 0.5}, reason: 'It is hot.'})
  const [reading, study, order] = [await stream.next(), await stream.next(), await stream.next()]
  assert.equal(reading.name, 'reading')
  assert.equal(JSON.parse(reading.data).at_ms, exampleReading(49).atMs)
  assert.deepEqual([study.name, JSON.parse(study.data).id], ['study', 'a'])
  assert.deepEqual(JSON.parse(order.data), {
    at_ms: 1,
    micro_batch: 8,
    duty: 0.5,
    reason: 'It is hot.',
  })
})

test('a program that reconnects with its last id misses nothing and hears nothing twice', async (t) => {
  const daemon = fakeDaemon()
  const server = await serve(t, {daemon})
  const stream = await listen(t, server.port, '/events')
  daemon.put(exampleStudy([], {id: 'a', order: 1}))
  const seen = await stream.next()
  stream.close()
  daemon.put(exampleStudy([], {id: 'b', order: 2}))
  daemon.put(exampleStudy([], {id: 'c', order: 3}))
  const again = await listen(t, server.port, '/events', {'Last-Event-ID': seen.id})
  const missed = [await again.next(), await again.next()]
  assert.deepEqual(
    missed.map(({data}) => JSON.parse(data).id),
    ['b', 'c'],
  )
})

test('streams are never compressed and never cached', async (t) => {
  const server = await serve(t)
  const {headers} = await listen(t, server.port, '/events?page=%2F', {'Accept-Encoding': 'gzip'})
  assert.equal(headers['content-encoding'], undefined)
  assert.equal(headers['cache-control'], 'no-store')
  assert.match(headers['content-type'] ?? '', /^text\/event-stream/)
})

test('a page that cannot have a stream is told to ask again every few seconds', async (t) => {
  const server = await serve(t)
  const {headers, text} = await ask(server, '/events?page=%2Fdevice&poll=1')
  assert.match(headers['content-type'] ?? '', /^text\/html/)
  assert.match(text, /hx-target="#readings"/)
  assert.match(
    text,
    /<hx-partial hx-target="#live" hx-swap="outerMorph"><div id="live" hx-get="\/events\?page=%2Fdevice&amp;poll=1" hx-trigger="every 5s">/,
  )
})

test('there is no stream of a page that does not change', async (t) => {
  const server = await serve(t)
  for (const page of ['/studies/new', '/studies/unknown', 'http://']) {
    const {status} = await ask(server, `/events?page=${encodeURIComponent(page)}`)
    assert.equal(status, 404, page)
  }
})

type Event = {
  readonly id: string
  readonly name: string | undefined
  readonly data: string
  readonly lines: readonly string[]
}

/** Reads events one after the other as they come. */
const listen = async (
  t: TestContext,
  port: number,
  path: string,
  headers: Record<string, string> = {},
) => {
  const response = await new Promise<IncomingMessage>((resolve) => {
    get({host: '127.0.0.1', port, path, headers, agent: false}, resolve)
  })
  const close = () => response.destroy()
  t.after(close)
  response.setEncoding('utf8')
  const events = eventsOf(response)
  return {
    headers: response.headers,
    close,
    next: async (): Promise<Event> => {
      const {value, done} = await events.next()
      if (done) throw new Error('The stream has ended.')
      return value
    },
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<Event, void> {
  let text = ''
  for await (const chunk of response) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n')
      const all = (field: string) =>
        lines
          .filter((line) => line.startsWith(`${field}: `))
          .map((line) => line.slice(field.length + 2))
      const [id] = all('id')
      if (id !== undefined) yield {id, name: all('event')[0], data: all('data').join('\n'), lines}
    }
  }
}
