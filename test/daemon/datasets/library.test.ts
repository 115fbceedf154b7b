import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {gzipSync} from 'node:zlib'
import jpeg from 'jpeg-js'
import {silentLog} from '../../../src/daemon/base/log.ts'
import type {Family} from '../../../src/daemon/datasets/catalogue.ts'
import {openDatasetLibrary} from '../../../src/daemon/datasets/library.ts'
import {readPrepared} from '../../../src/daemon/datasets/prepared.ts'
import {idx, tarGz} from '../../fixtures/archives.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {contents, type FileName, fileNames, tiny, tinyMirror} from '../../fixtures/tiny-dataset.ts'

const libraryOf = (t: TestContext, options: {mirror?: string; catalogue?: readonly Family[]}) => {
  const home = temporaryFolder(t)
  const library = openDatasetLibrary({home, log: silentLog, catalogue: [tiny()], ...options})
  return {home, library}
}

const serve = async (t: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.after(() => server.close())
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const fileOfRequest = (url: string | undefined): FileName =>
  fileNames.find((name) => url?.endsWith(name)) ?? 'train-images.gz'

/** The one problem of a refusal. */
const problemOf = (result: {ok: boolean; problems?: readonly string[]}): string => {
  assert.ok(!result.ok)
  assert.equal(result.problems?.length, 1)
  return result.problems[0] ?? ''
}

test('a set is taken from a mirror folder, checked and prepared once', async (t) => {
  const {library} = libraryOf(t, {mirror: tinyMirror(t)})
  assert.deepEqual(
    (await library.list()).map(({name, state}) => [name, state]),
    [['tiny', 'not-downloaded']],
  )
  const prepared = await library.prepare('tiny')
  assert.ok(prepared.ok)
  const {train, test: held, classes, height} = readPrepared(prepared.value.file)
  assert.deepEqual([...train.labels, ...held.labels], [0, 1, 0, 1, 1, 0])
  assert.deepEqual([...held.pixels], [9, 8, 7, 6, 5, 4, 3, 2])
  assert.deepEqual([classes, height], [['cat', 'dog'], 2])
  assert.equal((await library.list())[0]?.state, 'ready')
  assert.deepEqual(await library.verify('tiny'), {ok: true, value: undefined})
})

test('a set comes from its public home over HTTP, and progress is told', async (t) => {
  const home = await serve(t, (request, response) => {
    response.end(gzipSync(contents[fileOfRequest(request.url)]))
  })
  const {library} = libraryOf(t, {catalogue: [tiny(home)]})
  const stages = new Set<string>()
  const prepared = await library.prepare('tiny', {report: ({stage}) => stages.add(stage)})
  assert.ok(prepared.ok)
  assert.ok(stages.has('download'))
})

test('a mirror may be an address as well', async (t) => {
  const asked: (string | undefined)[] = []
  const mirror = await serve(t, (request, response) => {
    asked.push(request.url)
    response.end(gzipSync(contents[fileOfRequest(request.url)]))
  })
  const {library} = libraryOf(t, {mirror: `${mirror}sets/`})
  assert.ok((await library.prepare('tiny')).ok)
  assert.ok(asked.includes('/sets/tiny-family/train-images.gz'))
})

test('a download that breaks off leaves nothing behind, and the next attempt goes well', async (t) => {
  let isBroken = true
  const home = await serve(t, (request, response) => {
    const whole = gzipSync(contents[fileOfRequest(request.url)])
    if (!isBroken) return response.end(whole)
    response.writeHead(200, {'content-length': whole.length})
    return response.write(whole.subarray(0, 20), () => response.destroy())
  })
  const {home: folder, library} = libraryOf(t, {catalogue: [tiny(home)]})
  assert.match(problemOf(await library.prepare('tiny')), /could not be fetched.*Check the network/)
  assert.deepEqual(readdirSync(join(folder, 'datasets', 'tiny-family')), [])
  isBroken = false
  assert.ok((await library.prepare('tiny')).ok)
})

test('the second home is asked when the first does not have the file', async (t) => {
  const bad = await serve(t, (_, response) => response.writeHead(404).end())
  const good = await serve(t, (request, response) => {
    response.end(gzipSync(contents[fileOfRequest(request.url)]))
  })
  const family = tiny()
  const files = family.files.map((file) => ({...file, homes: [bad + file.name, good + file.name]}))
  const {library} = libraryOf(t, {catalogue: [{...family, files}]})
  assert.ok((await library.prepare('tiny')).ok)
})

test('content with another digest is refused and not kept', async (t) => {
  const mirror = tinyMirror(t)
  writeFileSync(join(mirror, 'tiny-family', 'test-labels.gz'), gzipSync(idx([2], [0, 0])))
  const {home, library} = libraryOf(t, {mirror})
  assert.match(
    problemOf(await library.prepare('tiny')),
    /test-labels\.gz: expected content with the digest [0-9a-f]{32}, found [0-9a-f]{32}/,
  )
  assert.ok(!readdirSync(join(home, 'datasets', 'tiny-family')).includes('test-labels.gz'))
})

test('a truncated .gz is refused with one line that names it', async (t) => {
  const mirror = tinyMirror(t)
  const file = join(mirror, 'tiny-family', 'train-images.gz')
  writeFileSync(file, readFileSync(file).subarray(0, -10))
  const {library} = libraryOf(t, {mirror})
  assert.match(
    problemOf(await library.prepare('tiny')),
    /train-images\.gz: expected a whole archive, found a damaged one/,
  )
})

test('a file that unpacks to more than it should is stopped', async (t) => {
  const mirror = tinyMirror(t)
  writeFileSync(join(mirror, 'tiny-family', 'train-images.gz'), gzipSync(Buffer.alloc(50_000)))
  const {library} = libraryOf(t, {mirror})
  assert.match(problemOf(await library.prepare('tiny')), /unpacks to more than 10000 bytes/)
})

test('a set that is not there, or not in the mirror, is one clear line', async (t) => {
  const {library} = libraryOf(t, {mirror: temporaryFolder(t)})
  assert.equal(
    problemOf(await library.prepare('mnist')),
    'Expected one of the data sets tiny, got "mnist".',
  )
  assert.match(problemOf(await library.prepare('tiny')), /expected the file there, found none/)
})

test('a damaged prepared file is found by verify and made anew', async (t) => {
  const {library} = libraryOf(t, {mirror: tinyMirror(t)})
  const prepared = await library.prepare('tiny')
  assert.ok(prepared.ok)
  const bytes = readFileSync(prepared.value.file)
  bytes[bytes.length - 1] ^= 1
  writeFileSync(prepared.value.file, bytes)
  assert.match(
    problemOf(await library.verify('tiny')),
    /damaged \(its checksum does not hold\) and was removed/,
  )
  assert.ok((await library.prepare('tiny')).ok)
  assert.ok((await library.verify('tiny')).ok)
})

test('two studies that want the same set wait for one preparation', async (t) => {
  let requests = 0
  const home = await serve(t, (request, response) => {
    requests++
    response.end(gzipSync(contents[fileOfRequest(request.url)]))
  })
  const {library} = libraryOf(t, {catalogue: [tiny(home)]})
  const [one, other] = await Promise.all([library.prepare('tiny'), library.prepare('tiny')])
  assert.ok(one.ok && other.ok)
  assert.equal(requests, 4)
})

const picture = (value: number): Buffer =>
  jpeg.encode({width: 4, height: 4, data: Buffer.alloc(64, value)}, 90).data

const pictures = (last: Buffer) => ({
  'archive-1/rgb/train/cat/a.jpg': picture(10),
  'archive-1/rgb/train/dog/b.jpg': picture(200),
  'archive-1/rgb/test/dog/c.jpg': last,
  'archive-1/README.md': 'no picture',
})

/** A family whose one set reads JPEG folders; the digest is of the list of pictures, worked out here anew. */
const jpegFamily = (files: Readonly<Record<string, Buffer | string>>): Family => {
  const list = Object.entries(files)
    .filter(([name]) => name.endsWith('.jpg'))
    .map(([name, bytes]) => {
      return [name.replace('archive-1/', ''), createHash('sha256').update(bytes).digest('hex')]
    })
    .sort()
    .map(([name, digest]) => `${digest} ${name}\n`)
  const sha256 = createHash('sha256').update(list.join('')).digest('hex')
  return {
    ...tiny(),
    files: [
      {
        name: 'pictures.tar.gz',
        homes: [],
        mostBytes: 100_000,
        mostContentBytes: 100_000,
        content: {kind: 'tar', pictures: '.jpg', sha256},
      },
    ],
    sets: [
      {
        name: 'animals',
        title: 'Animals',
        classes: ['cat', 'dog'],
        trainCount: 2,
        testCount: 1,
        read: {kind: 'jpeg-folders', archive: 'pictures.tar.gz', folder: 'rgb', channels: 3},
      },
    ],
  }
}

test('an archive of JPEG folders becomes a set, wherever its outermost folder lies', async (t) => {
  const files = pictures(picture(90))
  const mirror = temporaryFolder(t)
  mkdirSync(join(mirror, 'tiny-family'))
  writeFileSync(join(mirror, 'tiny-family', 'pictures.tar.gz'), await tarGz(files))
  const {library} = libraryOf(t, {mirror, catalogue: [jpegFamily(files)]})
  const prepared = await library.prepare('animals')
  assert.ok(prepared.ok)
  const {train, test: held} = readPrepared(prepared.value.file)
  assert.deepEqual([...train.labels, ...held.labels], [0, 1, 1])
  assert.equal(held.pixels[0], 90)
})

test('a corrupt JPEG is refused with one line that names the picture', async (t) => {
  const files = pictures(Buffer.from('no JPEG'))
  const mirror = temporaryFolder(t)
  mkdirSync(join(mirror, 'tiny-family'))
  writeFileSync(join(mirror, 'tiny-family', 'pictures.tar.gz'), await tarGz(files))
  const {library} = libraryOf(t, {mirror, catalogue: [jpegFamily(files)]})
  assert.match(
    problemOf(await library.prepare('animals')),
    /^animals: rgb\/test\/dog\/c\.jpg: expected a JPEG picture, found a damaged one/,
  )
})
