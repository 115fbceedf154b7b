import assert from 'node:assert/strict'
import {rmSync, writeFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {Worker} from 'node:worker_threads'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {threadEntry} from '../../../src/daemon/base/thread-entry.ts'
import {openBoardThread} from '../../../src/daemon/telemetry/board-thread.ts'
import {writeNano} from '../../fixtures/device-tree.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const rail = '/sys/bus/i2c/devices/6-0040/iio:device0'
const zone = '/sys/class/thermal/thermal_zone1/temp'

/** A recorded Nano some of whose files hang, and how many threads were started to read it. */
const openNano = async (t: TestContext, retryAfterMs: number, ...hanging: readonly string[]) => {
  const root = temporaryFolder(t)
  writeNano(root)
  const hang = (path: string) => writeFileSync(join(root, `${path}.hangs`), '')
  const release = (path: string) => rmSync(join(root, `${path}.hangs`), {force: true})
  t.after(() => release(zone))
  for (const path of hanging) hang(path)
  let threads = 0
  const sensors = await openBoardThread({
    root,
    clock: systemClock,
    retryAfterMs,
    start: (workerData) => {
      threads++
      return new Worker(threadEntry('../../fixtures/hanging-board', import.meta.url), {workerData})
    },
  })
  return {root, sensors, hang, release, threads: () => threads}
}

test('a file that hangs costs its own value and nothing else, and is not asked again meanwhile', async (t) => {
  const {sensors, hang, threads} = await openNano(t, 1e6)
  assert.equal((await sensors.read()).temperaturesC.CPU, 24.5)
  hang(zone)
  for (let i = 0; i < 3; i++) {
    const {temperaturesC, powersW, unavailable} = await sensors.read()
    assert.deepEqual(Object.keys(temperaturesC), ['AO', 'GPU', 'PLL', 'thermal-fan-est'])
    assert.equal(powersW.POM_5V_IN, 1.75)
    assert.equal(unavailable?.['CPU-therm'], 'does not answer')
  }
  assert.equal(threads(), 2)
})

test('more files hang than Node.js has threads for files, and other files are read', async (t) => {
  const boards = await Promise.all(Array.from({length: 5}, () => openNano(t, 1e6)))
  const hung = boards.map(({sensors, hang}) => {
    hang(zone)
    return sensors.read()
  })
  const others = await Promise.all(
    Array.from({length: 16}, () => readFile(new URL(import.meta.url), 'utf8')),
  )
  assert.equal(others.length, 16)
  for (const reading of await Promise.all(hung)) assert.ok(reading.unavailable?.['CPU-therm'])
})

test('a bus that hangs is given up as a whole', async (t) => {
  const {sensors, hang, threads} = await openNano(t, 1e6)
  for (const what of ['voltage0', 'current0', 'power0', 'voltage1', 'current1', 'power1']) {
    hang(`${rail}/in_${what}_input`)
  }
  const {powersW, temperaturesC, unavailable} = await sensors.read()
  assert.deepEqual(powersW, {})
  assert.equal(temperaturesC.GPU, 26.5)
  assert.equal(unavailable?.['POM_5V_IN power'], 'does not answer')
  assert.equal(threads(), 2)
})

test('a file that answers again is read again', async (t) => {
  const {sensors, hang, release} = await openNano(t, 1)
  hang(zone)
  assert.equal((await sensors.read()).temperaturesC.CPU, undefined)
  release(zone)
  let reading = await sensors.read()
  while (reading.temperaturesC.CPU === undefined) reading = await sensors.read()
  assert.equal(reading.temperaturesC.CPU, 24.5)
  assert.equal(reading.unavailable, undefined)
})

test('a board whose files hang from the start is known all the same', async (t) => {
  const {sensors} = await openNano(t, 1e6, zone)
  assert.equal(sensors.machine.model, 'NVIDIA Jetson Nano Developer Kit')
})

test('where too much hangs nothing is read, and every reading says so', async (t) => {
  const zones = [0, 1, 2, 3, 5].map((i) => `/sys/class/thermal/thermal_zone${i}/temp`)
  const {sensors, threads} = await openNano(t, 1e6, ...zones)
  const reading = await sensors.read()
  assert.deepEqual(reading.temperaturesC, {})
  assert.equal(Object.keys(reading.unavailable ?? {}).length, 4)
  await sensors.read()
  assert.equal(threads(), 4)
})

test('a thread that dies is told of in the reading, and the next reading starts another', async (t) => {
  const {root, sensors} = await openNano(t, 1e6)
  const dies = join(root, `${zone}.dies`)
  writeFileSync(dies, '')
  const {temperaturesC, unavailable} = await sensors.read()
  assert.deepEqual(temperaturesC, {})
  assert.deepEqual(unavailable, {sensors: 'cannot be read: the test says so'})
  rmSync(dies)
  assert.equal((await sensors.read()).temperaturesC.CPU, 24.5)
})
