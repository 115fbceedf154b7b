import assert from 'node:assert/strict'
import {PassThrough} from 'node:stream'
import {test} from 'node:test'
import type {Response} from 'express'
import {openStream, pageHeartbeat, plainHeartbeat} from '../../src/ui/live/stream.ts'

test('a page’s stream gives a sign of life that the page hears, a program’s one that is nothing to it', (t) => {
  t.mock.timers.enable({apis: ['setInterval']})
  for (const heartbeat of [pageHeartbeat, plainHeartbeat]) {
    const output = new PassThrough()
    // All that a stream does with a response.
    const response = Object.assign(output, {writeHead: () => response}) as unknown as Response
    const stream = openStream(response, heartbeat, () => {})
    t.mock.timers.tick(30_000)
    assert.equal(String(output.read()), `: connected\n\n${heartbeat}${heartbeat}`)
    stream.close()
  }
  assert.match(pageHeartbeat, /^event: alive\ndata: \S+\n\n$/)
  assert.match(plainHeartbeat, /^: /)
})
