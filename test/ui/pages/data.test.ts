import assert from 'node:assert/strict'
import {get} from 'node:http'
import {type TestContext, test} from 'node:test'
import {inflateSync} from 'node:zlib'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {openDatasetLibrary} from '../../../src/daemon/datasets/library.ts'
import {exampleStudy, fakeDaemon} from '../../fixtures/fake-daemon.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {tiny, tinyMirror} from '../../fixtures/tiny-dataset.ts'
import {ask, postForm, serve} from '../serve.ts'

/** Pages over a real library with a folder as its mirror. */
const serveTiny = async (t: TestContext) => {
  const library = openDatasetLibrary({
    home: temporaryFolder(t),
    mirror: tinyMirror(t),
    log: silentLog,
    catalogue: [tiny()],
  })
  const daemon = fakeDaemon([], [], library)
  const server = await serve(t, {daemon})
  t.after(daemon.datasetDesk.close)
  const ended = async () => {
    while (daemon.datasetDesk.work()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return {daemon, server, ended}
}

test('a data set is shown with its license and source before the first byte of it comes', async (t) => {
  const {server} = await serveTiny(t)
  const {text} = await ask(server, '/data')
  assert.match(text, /<h2>Tiny <span class="badge">not downloaded<\/span><\/h2>/)
  assert.match(text, /Free for all\. <small>The tests\.<\/small>/)
  assert.match(text, /at most 40 kB to download/)
  assert.match(text, /4 training and 2 test pictures · 2 classes/)
  assert.match(text, /action="\/data\/tiny\/get"/)
})

test('it is downloaded, checked and removed by plain forms', async (t) => {
  const {server, ended} = await serveTiny(t)
  const asked = await postForm(server, '/data/tiny/get', {})
  assert.deepEqual([asked.status, asked.headers.location], [303, '/data'])
  await ended()
  const there = await ask(server, '/data')
  assert.match(there.text, /tiny is ready: 4 training and 2 test pictures\./)
  assert.match(there.text, /<span class="badge complete">there<\/span>/)
  await postForm(server, '/data/tiny/verify', {})
  await ended()
  assert.match((await ask(server, '/data')).text, /tiny is as it should be\./)
  await postForm(server, '/data/tiny/remove', {})
  const gone = await ask(server, '/data')
  assert.match(gone.text, /tiny is removed\. It comes back when a study needs it\./)
  assert.match(gone.text, /not downloaded/)
})

test('what is not there, or in use, is refused with a sentence', async (t) => {
  const {daemon, server} = await serveTiny(t)
  const unknown = await postForm(server, '/data/..%2Fx/get', {})
  assert.equal(unknown.status, 409)
  assert.match(unknown.text, /There is no data set/)
  assert.equal((await ask(server, '/data/tiny/samples.png')).status, 404)
  const study = exampleStudy([])
  const task = {kind: 'model', model: 'lenet5', dataset: 'tiny'} as const
  daemon.put({...study, settings: {...study.settings, task}})
  const used = await postForm(server, '/data/tiny/remove', {})
  assert.equal(used.status, 409)
  assert.match(used.text, /trains on tiny now/)
})

test('pictures of each class come as one PNG', async (t) => {
  const {server, ended} = await serveTiny(t)
  await postForm(server, '/data/tiny/get', {})
  await ended()
  const png = await new Promise<Buffer>((resolve, reject) => {
    get(
      {host: '127.0.0.1', port: server.port, path: '/data/tiny/samples.png', agent: false},
      (response) => {
        assert.equal(response.headers['content-type'], 'image/png')
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(Buffer.concat(chunks)))
      },
    ).on('error', reject)
  })
  // Two classes of six pictures of 2 × 2, each with a gap of 2.
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [24, 8])
  const length = png.readUInt32BE(33)
  const rows = inflateSync(png.subarray(41, 41 + length))
  // The first row: picture 0 (0, 16), a gap, picture 2 (128, 144).
  assert.deepEqual(
    [1, 5, 9, 13, 17, 21].map((at) => [rows[at], rows[at + 3]]),
    [
      [0, 255],
      [16, 255],
      [0, 0],
      [0, 0],
      [128, 255],
      [144, 255],
    ],
  )
})

test('work in progress is shown with how far it is, and can be canceled', async (t) => {
  const daemon = fakeDaemon()
  const desk = {
    ...daemon.datasetDesk,
    work: () =>
      ({
        what: 'getting',
        name: 'simpsons-mnist-rgb',
        progress: {stage: 'download', done: 1_500_000, total: 6_000_000, unit: 'bytes'},
        isCanceled: false,
      }) as const,
  }
  const server = await serve(t, {daemon: {...daemon, datasetDesk: desk}})
  const {text} = await ask(server, '/data')
  assert.match(text, /<title>Getting simpsons-mnist-rgb · Data/)
  assert.match(text, /<progress aria-label="Progress" max="6000000" value="1500000">/)
  assert.match(text, /Downloading: 1\.5 MB of 6 MB/)
  assert.match(text, /action="\/data\/cancel"/)
  assert.match(text, /Waits until simpsons-mnist-rgb is done/)
  assert.equal((await postForm(server, '/data/cancel', {})).headers.location, '/data')
})
