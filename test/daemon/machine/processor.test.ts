import assert from 'node:assert/strict'
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type TestContext, test} from 'node:test'
import {systemClock} from '../../../src/daemon/base/clock.ts'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {chooseProcessor, knownProcessor} from '../../../src/daemon/machine/choose-processor.ts'
import {
  choiceOf,
  processorRemark,
  type Timed,
  testedSpeed,
} from '../../../src/daemon/machine/processor.ts'
import {timeBackends} from '../../../src/daemon/machine/speed-test.ts'
import {temporaryFolder} from '../../fixtures/folders.ts'

const noGpu: Timed = {backend: 'tensorflow-gpu', problem: 'Expected a GPU, found none.'}
const timed = (...results: readonly Timed[]) =>
  ({kind: 'timed', test: {takenAtMs: Date.UTC(2026, 10, 24), subject: 'a box', results}}) as const

test('the fastest trains', () => {
  const tensorflow: Timed = {backend: 'tensorflow', samplesPerSecond: 4130}
  const wasm: Timed = {backend: 'wasm', samplesPerSecond: 6870}
  const gpu: Timed = {backend: 'tensorflow-gpu', samplesPerSecond: 5000}
  assert.equal(choiceOf(timed(noGpu, tensorflow, wasm)), 'wasm')
  assert.equal(choiceOf(timed(gpu, tensorflow, wasm)), 'wasm')
  assert.equal(choiceOf(timed(gpu, {...tensorflow, samplesPerSecond: 9000}, wasm)), 'tensorflow')
})

test('what auto takes anyway stays auto, which has a way out when it does not start', () => {
  const tensorflow: Timed = {backend: 'tensorflow', samplesPerSecond: 9000}
  const wasm: Timed = {backend: 'wasm', samplesPerSecond: 6870}
  assert.equal(choiceOf(timed(noGpu, tensorflow, wasm)), 'auto')
  assert.equal(choiceOf(timed(noGpu)), 'auto')
  assert.equal(choiceOf({kind: 'untimed'}), 'auto')
  assert.equal(choiceOf({kind: 'set', backend: 'cpu'}), 'cpu')
})

test('the speed of the fastest is known where a test was made', () => {
  const tensorflow: Timed = {backend: 'tensorflow', samplesPerSecond: 4130}
  const wasm: Timed = {backend: 'wasm', samplesPerSecond: 6870}
  assert.equal(testedSpeed(timed(noGpu, tensorflow, wasm)), 6870)
  assert.equal(testedSpeed(timed(noGpu)), undefined)
  assert.equal(testedSpeed({kind: 'untimed'}), undefined)
})

test('which one and why is a sentence', () => {
  const text = (processor: Parameters<typeof processorRemark>[0]) => processorRemark(processor).text
  assert.equal(
    text(
      timed(
        noGpu,
        {backend: 'tensorflow', samplesPerSecond: 4130},
        {backend: 'wasm', samplesPerSecond: 6870},
      ),
    ),
    'WebAssembly on the CPU trains: 6,870 samples/s against 4,130 of TensorFlow on the CPU, measured on November 24, 2026. TensorFlow on the GPU was left out: expected a GPU, found none.',
  )
  assert.equal(
    text({kind: 'set', backend: 'tensorflow-gpu'}),
    'TensorFlow on the GPU trains, because SIMMER_BACKEND says so.',
  )
  assert.match(text({kind: 'only-one'}), /TensorFlow is not installed, so there is nothing to/)
})

const choosingIn = (t: TestContext, changes: {readonly backend?: 'auto' | 'wasm'} = {}) => {
  const home = temporaryFolder(t)
  mkdirSync(join(home, 'backends'))
  const bindingFile = join(home, 'backends', 'tfjs_binding.node')
  writeFileSync(bindingFile, 'not a library')
  return {home, backend: 'auto' as const, bindingFile, subject: 'this box, version 1', ...changes}
}

const results: readonly Timed[] = [noGpu, {backend: 'wasm', samplesPerSecond: 6870}]
const parts = (timeAll: () => Promise<readonly Timed[] | undefined>) => ({
  timeAll,
  nowMs: () => Date.UTC(2026, 10, 24),
  log: silentLog,
})
const never = parts(async () => assert.fail('nothing was to be timed'))

test('the first start times, later ones take what was kept', async (t) => {
  const choosing = choosingIn(t)
  assert.deepEqual(knownProcessor(choosing), {kind: 'untimed'})
  const first = await chooseProcessor(
    choosing,
    parts(async () => results),
  )
  assert.equal(first.kind, 'timed')
  assert.deepEqual(await chooseProcessor(choosing, never), first)
  assert.deepEqual(knownProcessor(choosing), first)
})

test('another machine or version is timed anew, and so is a test that cannot be read', async (t) => {
  const choosing = choosingIn(t)
  await chooseProcessor(
    choosing,
    parts(async () => results),
  )
  const other = {...choosing, subject: 'this box, version 2'}
  assert.equal(knownProcessor(other).kind, 'untimed')
  await chooseProcessor(
    other,
    parts(async () => results),
  )
  assert.equal(knownProcessor(other).kind, 'timed')
  writeFileSync(join(choosing.home, 'speed-test.json'), '{"takenAtMs": 1')
  assert.equal(knownProcessor(other).kind, 'untimed')
})

test('nothing is timed where there is nothing to compare, or a backend was set', async (t) => {
  const alone = {...choosingIn(t), bindingFile: '/nowhere/tfjs_binding.node'}
  assert.deepEqual(await chooseProcessor(alone, never), {kind: 'only-one'})
  const set = choosingIn(t, {backend: 'wasm'})
  assert.deepEqual(await chooseProcessor(set, never), {kind: 'set', backend: 'wasm'})
})

test('a test that was interrupted is not kept', async (t) => {
  const choosing = choosingIn(t)
  const processor = await chooseProcessor(
    choosing,
    parts(async () => undefined),
  )
  assert.deepEqual(processor, {kind: 'untimed'})
  assert.throws(() => readFileSync(join(choosing.home, 'speed-test.json')))
})

test('real training processes are timed; one that does not start says why', async (t) => {
  const {bindingFile} = choosingIn(t)
  const {signal} = new AbortController()
  const found = await timeBackends({bindingFile, clock: systemClock, signal, eachMs: 1})
  const [gpu, tensorflow, wasm] = found ?? []
  assert.equal(found?.length, 3)
  for (const one of [gpu, tensorflow]) {
    assert.ok(one && 'problem' in one)
    assert.match(one.problem, /^TensorFlow could not be loaded: /)
  }
  assert.ok(wasm?.backend === 'wasm' && 'samplesPerSecond' in wasm && wasm.samplesPerSecond > 0)
})

test('whoever interrupts does not wait for it', async (t) => {
  const {bindingFile} = choosingIn(t)
  const stopping = new AbortController()
  const found = timeBackends({
    bindingFile,
    clock: systemClock,
    signal: stopping.signal,
    eachMs: 3_600_000,
  })
  setTimeout(() => stopping.abort(), 50)
  assert.equal(await found, undefined)
})
