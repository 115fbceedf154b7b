import assert from 'node:assert/strict'
import {test} from 'node:test'
import {
  exampleReading,
  exampleStudy,
  exampleTrials,
  fakeDaemon,
} from '../../fixtures/fake-daemon.ts'
import {ask, postForm, serve} from '../serve.ts'

test('one press pauses what runs and what waits, the next lets it go on', async (t) => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy(exampleTrials(2), {id: 'a', order: 1}))
  daemon.put(exampleStudy([], {id: 'b', order: 2, state: 'queued'}))
  const server = await serve(t, {daemon})
  const states = () => daemon.studies().map(({state}) => state)
  assert.match((await ask(server, '/')).text, /action="\/pause"[\s\S]*Pause all 2 studies/)
  const paused = await postForm(server, '/pause', {})
  assert.deepEqual([paused.status, paused.headers.location], [303, '/'])
  assert.deepEqual(states(), ['paused', 'paused'])
  // Pressed on two phones at once it is not turned over twice.
  await postForm(server, '/pause', {})
  assert.deepEqual(states(), ['paused', 'paused'])
  assert.match((await ask(server, '/')).text, /action="\/resume"[\s\S]*Resume all 2 studies/)
  await postForm(server, '/resume', {})
  assert.deepEqual(states(), ['queued', 'queued'])
})

test('with nothing to pause or resume there is no such button', async (t) => {
  const {text} = await ask(await serve(t), '/')
  assert.match(text, /<section id="switch" hidden><\/section>/)
  assert.match(text, /No study yet/)
})

test('time left and the time of the end stand beside the best value', async (t) => {
  const daemon = fakeDaemon()
  daemon.read(exampleReading(0))
  daemon.put(exampleStudy(exampleTrials(21), {activeMs: 3_600_000}))
  const {text} = await ask(await serve(t, {daemon}), '/')
  assert.match(text, /<strong>1 h<\/strong><span>left, until about \d\d:\d[05]<\/span>/)
})

test('the finished list is short, the last to end first, and the rest is a link away', async (t) => {
  const daemon = fakeDaemon()
  for (let order = 1; order <= 60; order++) {
    daemon.put(
      exampleStudy(exampleTrials(4).slice(0, 3), {
        id: `s${order}`,
        name: `study ${order}`,
        order,
        state: 'complete',
        finishedAtMs: exampleReading(order === 7 ? 9_999 : order).atMs,
      }),
    )
  }
  const server = await serve(t, {daemon})
  const {text} = await ask(server, '/')
  const finished = [...text.matchAll(/<a href="\/studies\/(s\d+)">/g)].map(([, id]) => id)
  assert.deepEqual([finished.length, finished[0], finished[1]], [10, 's7', 's60'])
  assert.match(text, /<a class="button" href="\/studies">All 60 studies<\/a>/)
  const all = await ask(server, '/studies')
  assert.match(all.text, /best [\d.]+ % · 3 trials/)
  assert.equal(all.text.match(/name="study"/g)?.length, 50)
  const older = await ask(server, '/studies?page=2')
  assert.equal(older.text.match(/name="study"/g)?.length, 10)
  assert.match((await ask(server, '/studies?page=-3')).text, /Page 1 of 2/)
})

test('every page says where one is, and leads everywhere', async (t) => {
  const server = await serve(t)
  for (const path of ['/', '/studies/new', '/compare', '/device', '/data', '/settings']) {
    const {text} = await ask(server, path)
    assert.match(text, new RegExp(`<a href="${path}" aria-current="page">`), path)
    assert.equal(text.match(/ aria-current="page"/g)?.length, 1, path)
    assert.match(text, /<a class="skip" href="#main">/)
    assert.match(text, /<p id="connection" role="status"><\/p>/)
  }
})
