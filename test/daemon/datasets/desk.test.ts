import assert from 'node:assert/strict'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {openDatasetDesk} from '../../../src/daemon/datasets/desk.ts'
import {openDatasetLibrary} from '../../../src/daemon/datasets/library.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {tiny, tinyMirror} from '../../fixtures/tiny-dataset.ts'

/** A desk over a real library; `ended` resolves when it has nothing to do. */
const deskOf = (
  t: TestContext,
  options: {mirror?: string; usedBy?: (dataset: string) => string | undefined} = {},
) => {
  const home = temporaryFolder(t)
  const {mirror = tinyMirror(t), usedBy = () => undefined} = options
  let changed = () => {}
  const library = openDatasetLibrary({home, mirror, log: silentLog, catalogue: [tiny()]})
  const desk = openDatasetDesk({library, usedBy, onChange: () => changed(), log: silentLog})
  t.after(desk.close)
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      changed = () => {
        if (holds()) resolve()
      }
      changed()
    })
  return {home, desk, until, ended: () => until(() => desk.work() === undefined)}
}

const stateOf = (desk: ReturnType<typeof openDatasetDesk>) => desk.list()[0]?.state

test('a set is got, checked and removed, and each time a sentence says what became of it', async (t) => {
  const {home, desk, ended} = deskOf(t)
  assert.equal(stateOf(desk), 'not-downloaded')
  assert.ok(desk.get('tiny').ok)
  assert.deepEqual([desk.work()?.what, desk.work()?.name], ['getting', 'tiny'])
  await ended()
  assert.deepEqual(desk.outcome(), {
    name: 'tiny',
    isGood: true,
    text: 'tiny is ready: 4 training and 2 test pictures.',
  })
  assert.equal(stateOf(desk), 'ready')
  assert.ok((desk.list()[0]?.storedBytes ?? 0) > 30)

  assert.ok(desk.verify('tiny').ok)
  await ended()
  assert.equal(desk.outcome()?.text, 'tiny is as it should be.')

  assert.ok((await desk.remove('tiny')).ok)
  assert.equal(stateOf(desk), 'not-downloaded')
  assert.deepEqual(readdirSync(join(home, 'datasets')), ['tiny-family'])
  assert.deepEqual(readdirSync(join(home, 'datasets', 'tiny-family')), [])
})

test('there is one thing at a time', async (t) => {
  const {desk, ended} = deskOf(t)
  assert.ok(desk.get('tiny').ok)
  for (const refused of [desk.get('tiny'), desk.verify('tiny'), await desk.remove('tiny')]) {
    assert.ok(!refused.ok)
    assert.match(refused.problems[0] ?? '', /The box is getting tiny\. One thing at a time/)
  }
  await ended()
  assert.equal(desk.outcome()?.isGood, true)
})

test('a download that hangs is canceled, and nothing half-done stays', async (t) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, {'Content-Length': '1000'})
    response.write('x'.repeat(100))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on TCP has an address of this kind.
  const {port} = server.address() as AddressInfo
  const {home, desk, until, ended} = deskOf(t, {mirror: `http://127.0.0.1:${port}`})
  assert.ok(desk.get('tiny').ok)
  await until(() => desk.work()?.progress !== undefined)
  assert.deepEqual(desk.work()?.progress, {
    stage: 'download',
    done: 100,
    total: 1000,
    unit: 'bytes',
  })
  desk.cancel()
  desk.cancel()
  await ended()
  assert.match(desk.outcome()?.text ?? '', /^tiny: canceled\./)
  assert.equal(stateOf(desk), 'not-downloaded')
  assert.deepEqual(readdirSync(join(home, 'datasets', 'tiny-family')), [])
})

test('a source that is not there is told in plain words, and what has come is there for the next time', async (t) => {
  const {desk, ended} = deskOf(t, {mirror: join(temporaryFolder(t), 'nowhere')})
  desk.get('tiny')
  await ended()
  assert.equal(desk.outcome()?.isGood, false)
  assert.match(desk.outcome()?.text ?? '', /expected the file there, found none/)
})

test('what a running study trains on is not removed', async (t) => {
  const {desk, ended} = deskOf(t, {usedBy: () => 'night-run'})
  desk.get('tiny')
  await ended()
  const removed = await desk.remove('tiny')
  assert.ok(!removed.ok)
  assert.match(removed.problems[0] ?? '', /night-run trains on tiny now\. Pause or cancel it/)
  assert.equal(stateOf(desk), 'ready')
})

test('a damaged set is found out and removed, its download stays', async (t) => {
  const {home, desk, ended} = deskOf(t)
  desk.get('tiny')
  await ended()
  const file = join(home, 'datasets', 'tiny.simmer')
  const content = readFileSync(file)
  content[content.length - 1] ^= 1
  writeFileSync(file, content)
  desk.verify('tiny')
  await ended()
  assert.match(desk.outcome()?.text ?? '', /tiny is damaged \(its checksum does not hold\)/)
  assert.equal(stateOf(desk), 'partly')
})

test('a name that is not in the catalogue is refused', async (t) => {
  const {desk} = deskOf(t)
  for (const refused of [desk.get('../x'), desk.verify('nix'), await desk.remove('nix')]) {
    assert.ok(!refused.ok)
  }
  assert.equal(await desk.samples('nix', 2), undefined)
})

test('samples are the first pictures of each class, black where there are no more', async (t) => {
  const {desk, ended} = deskOf(t)
  assert.equal(await desk.samples('tiny', 3), undefined)
  desk.get('tiny')
  await ended()
  const samples = await desk.samples('tiny', 3)
  assert.deepEqual([samples?.classes, samples?.height, samples?.channels], [['cat', 'dog'], 2, 1])
  // Pictures 0 and 2 are cats, 1 and 3 dogs; picture i holds 64i, 64i + 16, …
  assert.deepEqual(
    [...(samples?.pixels ?? [])],
    [0, 16, 32, 48, 128, 144, 160, 176, 0, 0, 0, 0].concat([
      64, 80, 96, 112, 192, 208, 224, 240, 0, 0, 0, 0,
    ]),
  )
})
