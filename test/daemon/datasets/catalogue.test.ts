import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {test} from 'node:test'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {readCatalogue} from '../../../src/daemon/datasets/catalogue.ts'
import {openDatasetLibrary} from '../../../src/daemon/datasets/library.ts'
import {readPrepared} from '../../../src/daemon/datasets/prepared.ts'
import {drawRailSignals} from '../../../src/daemon/datasets/rail-signals/rail-signals.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'
import {datasetMirror} from '../../fixtures/project.ts'

test('every set of the catalogue has a license, a source and a name of its own', () => {
  const families = readCatalogue()
  const names = families.flatMap((family) => family.sets.map((set) => set.name))
  assert.equal(new Set(names).size, names.length)
  for (const family of families) {
    assert.ok(family.license && family.attribution)
    assert.equal(family.files.length === 0, family.folder === 'rail-signals')
    for (const file of family.files) assert.ok(file.homes.length > 0)
  }
})

const digestOf = (...parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

test('rail-signals is the same on every machine', async () => {
  const set = {name: 'rail-signals', trainCount: 200, testCount: 100}
  const drawn = await drawRailSignals({set, report: () => {}})
  assert.ok(drawn.ok)
  const {train, test: held} = drawn.value
  // Another digest is another data set: old results could not be compared with new ones any more.
  assert.equal(
    digestOf(train.pixels, train.labels, held.pixels, held.labels),
    '67866822f260077a8862eb2353a2653d9bc6d00097fedcc1796ec77129d49de2',
  )
})

test('rail-signals has the classes of its catalogue, equally often, and no picture twice', async () => {
  const drawn = await drawRailSignals({
    set: {name: 'rail-signals', trainCount: 500, testCount: 100},
    report: () => {},
  })
  assert.ok(drawn.ok)
  const {classes, train, test: held, height, width, channels} = drawn.value
  const own = readCatalogue().find((family) => family.folder === 'rail-signals')
  assert.deepEqual(classes, own?.sets[0]?.classes)
  assert.deepEqual([height, width, channels], [28, 28, 3])
  for (let label = 0; label < classes.length; label++) {
    assert.equal(train.labels.filter((one) => one === label).length, 50)
    assert.equal(held.labels.filter((one) => one === label).length, 10)
  }
  const size = height * width * channels
  const pictures = [train.pixels, held.pixels].flatMap((pixels) =>
    Array.from({length: pixels.length / size}, (_, i) =>
      digestOf(pixels.subarray(i * size, (i + 1) * size)),
    ),
  )
  assert.equal(new Set(pictures).size, 600)
})

test('drawing rail-signals stops when it is told to', async () => {
  const stopping = new AbortController()
  const drawn = await drawRailSignals({
    set: {name: 'rail-signals', trainCount: 1000, testCount: 100},
    report: () => stopping.abort(),
    signal: stopping.signal,
  })
  assert.deepEqual(drawn, {ok: false, problems: ['it was interrupted.']})
})

/** What is known of the real sets: classes, sides, channels, and how often the rarest and the commonest label occurs. */
const real = [
  {name: 'fashion-mnist', shape: [28, 28, 1], classes: 10, train: [6000, 6000], held: [1000, 1000]},
  {
    name: 'simpsons-mnist-rgb',
    shape: [28, 28, 3],
    classes: 10,
    train: [800, 800],
    held: [200, 200],
  },
  {
    name: 'simpsons-mnist-gray',
    shape: [28, 28, 1],
    classes: 10,
    train: [800, 800],
    held: [200, 200],
  },
  {name: 'cmu-faces-pose', shape: [28, 28, 1], classes: 4, train: [124, 126], held: [31, 31]},
  {name: 'cmu-faces-expression', shape: [28, 28, 1], classes: 4, train: [124, 126], held: [31, 32]},
  {name: 'cmu-faces-eyes', shape: [28, 28, 1], classes: 2, train: [249, 250], held: [62, 63]},
  {name: 'cmu-faces-person', shape: [28, 28, 1], classes: 20, train: [22, 26], held: [6, 6]},
  {name: 'cmu-faces-pose-large', shape: [60, 64, 1], classes: 4, train: [124, 126], held: [31, 31]},
] as const

for (const {name, shape, classes, train, held} of real) {
  const {mirror, why} = datasetMirror()
  test(`${name} is read whole from the real files`, {skip: mirror ? false : why}, async (t) => {
    const library = openDatasetLibrary({
      home: temporaryFolder(t),
      log: silentLog,
      ...(mirror ? {mirror} : {}),
    })
    const prepared = await library.prepare(name)
    assert.ok(prepared.ok, JSON.stringify(prepared))
    const set = readPrepared(prepared.value.file)
    assert.deepEqual([set.height, set.width, set.channels], shape)
    assert.equal(set.classes.length, classes)
    const rangeOf = (labels: Uint8Array) => {
      const counts = set.classes.map((_, label) => labels.filter((one) => one === label).length)
      return [Math.min(...counts), Math.max(...counts)]
    }
    assert.deepEqual(rangeOf(set.train.labels), train)
    assert.deepEqual(rangeOf(set.test.labels), held)
  })
}
