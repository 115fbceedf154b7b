import assert from 'node:assert/strict'
import {test} from 'node:test'
import {silentLog} from '../../../src/daemon/base/log.ts'
import {openPauseSwitch, orderOfPress} from '../../../src/daemon/scheduler/pause-switch.ts'
import {exampleStudy, fakeDaemon} from '../../fixtures/fake-daemon.ts'

const none = new Set<string>()

test('a press pauses the queue before what runs, so that nothing else starts', () => {
  const studies = [
    {id: 'done', state: 'complete'},
    {id: 'now', state: 'running'},
    {id: 'next', state: 'queued'},
    {id: 'later', state: 'paused'},
  ]
  assert.deepEqual(orderOfPress(studies, none), {kind: 'pause', ids: ['next', 'now']})
})

test('where nothing runs, only what the switch has paused goes on', () => {
  const studies = [
    {id: 'by-switch', state: 'paused'},
    {id: 'by-hand', state: 'paused'},
    {id: 'canceled-since', state: 'canceled'},
  ]
  assert.deepEqual(orderOfPress(studies, new Set(['by-switch', 'canceled-since'])), {
    kind: 'resume',
    ids: ['by-switch'],
  })
})

test('where nothing runs and nothing was paused by it, a press does nothing', () => {
  assert.deepEqual(orderOfPress([{id: 'by-hand', state: 'paused'}], none), {
    kind: 'resume',
    ids: [],
  })
})

test('two presses come back to where they began, whoever paused something before', async () => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy([], {id: 'running'}))
  daemon.put(exampleStudy([], {id: 'queued', state: 'queued'}))
  daemon.put(exampleStudy([], {id: 'paused', state: 'paused'}))
  const states = () => daemon.studies().map(({id, state}) => `${id}: ${state}`)
  const {press} = openPauseSwitch({...daemon, log: silentLog})
  await press()
  assert.deepEqual(states().sort(), ['paused: paused', 'queued: paused', 'running: paused'])
  await press()
  assert.deepEqual(states().sort(), ['paused: paused', 'queued: queued', 'running: queued'])
})

test('what was let go on by hand and paused by hand stays paused', async () => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy([], {id: 'a'}))
  daemon.put(exampleStudy([], {id: 'b', state: 'queued'}))
  const {pause, resumable} = openPauseSwitch({...daemon, log: silentLog})
  await pause()
  await daemon.resume('a')
  await daemon.pause('a')
  assert.deepEqual(resumable(), ['b'])
})

test('pausing twice pauses once, and resuming does nothing while something runs', async () => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy([], {id: 'a'}))
  const {pause, resume} = openPauseSwitch({...daemon, log: silentLog})
  await resume()
  assert.equal(daemon.study('a')?.state, 'running')
  await pause()
  await pause()
  assert.equal(daemon.study('a')?.state, 'paused')
  await resume()
  assert.equal(daemon.study('a')?.state, 'queued')
})

test('a switch that knows of nothing it has paused lets everything go on that is', async () => {
  const daemon = fakeDaemon()
  daemon.put(exampleStudy([], {id: 'a', state: 'paused', order: 1}))
  daemon.put(exampleStudy([], {id: 'b', state: 'paused', order: 2}))
  const {resume, resumable} = openPauseSwitch({...daemon, log: silentLog})
  assert.deepEqual(resumable(), ['a', 'b'])
  await resume()
  assert.deepEqual(
    daemon.studies().map(({state}) => state),
    ['queued', 'queued'],
  )
})
